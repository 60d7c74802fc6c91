import { isAboutRelease } from '../record.ts';
import type { Gate, GateFacts } from './gate.ts';

/** The release ran in an environment before this one, and the last that is known of it there is that it works. */
export const verified: Gate = {
  name: 'verified',
  kind: 'proposing',
  asked: (verb, environment) => verb === 'promotion' && environment.gates.verified !== undefined,
  evaluate(facts) {
    const { app, environment, release } = facts;
    const parents = environment.after;
    const seen = wordsOn(facts).filter((each) => parents.includes(each.environment));
    // A failure after it takes it back; what nobody could find out, or what was overtaken, says nothing.
    const known = seen.filter(({ state }) => state !== 'unknown' && state !== 'superseded');
    const newest = parents.flatMap((parent) => known.findLast((each) => each.environment === parent) ?? []);
    const found = newest.find(({ state }) => state === 'verified' || state === 'healthy');
    if (found !== undefined) {
      return { gate: 'verified', state: 'pass', evidence: `${found.state} in ${found.environment} at ${found.at}` };
    }
    const where = parents.join(' or ');
    const last = known.at(-1) ?? seen.at(-1);
    if (last === undefined) {
      return {
        gate: 'verified',
        state: 'fail',
        evidence: `release ${release.release} has no record of having run in ${where}`,
        next: `pnpm run status ${app} shows how far it is there; pnpm run reconcile finds out what became of it`,
      };
    }
    return {
      gate: 'verified',
      state: 'fail',
      final: last.state === 'failed' || last.state === 'aborted' ? true : undefined,
      evidence: `release ${release.release} was ${last.state} in ${last.environment} at ${last.at}: ${last.reason}`,
      next: remedy(last),
    };
  },
};

function remedy({ state, environment }: { state: string; environment: string }): string {
  if (state === 'unhealthy') return `make it healthy in ${environment} again; pnpm run reconcile sees that it is`;
  if (state === 'unknown' || state === 'timed-out')
    return `pnpm run reconcile asks the cluster again, while ${environment} runs it`;
  return 'push a version that works, or repair what made it fail and deliver it again';
}

/** All that was ever said of the release, oldest first: what became of its landings, and how it was later. */
function wordsOn({ release, records, observations = [] }: GateFacts): {
  environment: string;
  at: string;
  state: string;
  reason: string;
}[] {
  const outcomes = records
    .filter((each) => each.release === release.release && isAboutRelease(each))
    .map(({ environment, at, outcome }) => ({ environment, at, ...outcome }));
  const later = observations
    .filter((each) => each.release === release.release)
    .map(({ environment, to, healthy, reason }) => ({
      environment,
      at: to,
      state: healthy ? 'healthy' : 'unhealthy',
      reason,
    }));
  return [...outcomes, ...later].toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
