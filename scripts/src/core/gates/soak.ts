import type { Environment } from '../config.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { longestGap, recordedUntil } from '../soak/observe.ts';
import { soakEnds, soakOf, type Soak } from '../soak/progress.ts';
import type { Gate, GateFacts, Running, Verdict } from './gate.ts';

/** How long an environment wants a release to have been healthy before it; nothing where it does not ask. */
export function wantedSoak({ gates }: Environment): number {
  return gates.soak === undefined ? 0 : parseDuration(gates.soak.for);
}

/** The release was seen healthy in an environment before this one for as long as this one asks. */
export const soak: Gate = {
  name: 'soak',
  kind: 'landing',
  asked: (verb, environment) => verb === 'promotion' && wantedSoak(environment) > 0,
  evaluate(facts) {
    const { environment, release, records, observations = [], running } = facts;
    const wanted = wantedSoak(environment);
    const parents = environment.after.map((name) => ({
      name,
      soak: soakOf(release.release, name, { records, observations }),
      runs: running?.find((each) => each.environment === name),
    }));
    const over = parents.find((each) => each.soak.observed >= wanted);
    if (over !== undefined) {
      const evidence = `healthy in ${over.name} for ${formatDuration(over.soak.observed)}`;
      return { gate: 'soak', state: 'pass', evidence };
    }
    const verdicts = parents.map((each) => judgeParent(facts, wanted, each));
    const open = verdicts
      .filter(({ opensAt }) => opensAt !== undefined)
      .toSorted((a, b) => (a.opensAt ?? '').localeCompare(b.opensAt ?? ''));
    const [first] = [...open, ...verdicts.filter(({ state }) => state === 'pending'), ...verdicts];
    return first ?? { gate: 'soak', state: 'fail', evidence: `nothing comes before ${environment.name}` };
  },
};

interface Parent {
  name: string;
  soak: Soak;
  runs: Running | undefined;
}

function judgeParent(facts: GateFacts, wanted: number, { name, soak: found, runs }: Parent): Verdict {
  const { app, release, running, now } = facts;
  const since =
    found.failure === undefined ? '' : ` since it failed there at ${found.failure.at} (${found.failure.reason})`;
  const evidence = `healthy in ${name} for ${formatDuration(found.observed)} of ${formatDuration(wanted)}${since}`;
  const pending = { gate: 'soak', state: 'pending' } as const;
  if (running === undefined) return { ...pending, evidence };
  if (runs === undefined) {
    return {
      gate: 'soak',
      state: 'fail',
      evidence: `${evidence}; ${name} does not run release ${release.release} any more, so it gets no older`,
      next: `promote what ${name} runs now; pnpm run hold ${app} --env ${name} --until <duration> keeps a release there long enough`,
    };
  }
  if (runs.watched === undefined) {
    return {
      ...pending,
      evidence: `${evidence}; its landing there is not verified`,
      next: `wait until it is verified in ${name}`,
    };
  }
  if (runs.health?.state === 'unhealthy') {
    return { ...pending, evidence: `${evidence}; now ${runs.health.reason}`, next: `make it healthy in ${name}` };
  }
  const until = recordedUntil(runs.watched);
  const opensAt = soakEnds(found, wanted, until);
  if (runs.health?.state === 'unclear') {
    const earliest = new Date(Math.max(Date.parse(opensAt), now.getTime())).toISOString();
    return {
      ...pending,
      evidence: `${evidence}; ${runs.health.reason}, so it ends at ${earliest} at the earliest`,
      next: looks,
    };
  }
  // Records that are as old do not say how it is by now.
  if (now.getTime() - until > longestGap || Date.parse(opensAt) <= now.getTime()) {
    return {
      ...pending,
      evidence: `${evidence}; nobody has looked since ${new Date(until).toISOString()}`,
      next: looks,
    };
  }
  return { ...pending, evidence, opensAt, next: `wait until ${opensAt}` };
}

const looks = 'pnpm run reconcile looks, where the cluster can be reached';
