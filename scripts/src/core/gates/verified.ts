import type { Gate } from './gate.ts';

/** The release ran in an environment before this one, and what it became there is on record as verified. */
export const verified: Gate = {
  name: 'verified',
  kind: 'proposing',
  asked: (verb, environment) => verb === 'promotion' && environment.gates.verified !== undefined,
  evaluate({ app, environment, release, records }) {
    const parents = environment.after;
    const seen = records.filter((each) => parents.includes(each.environment) && each.release === release.release);
    // A failure after it takes it back; what nobody could find out, or what was overtaken, says nothing.
    const known = seen
      .filter(({ outcome }) => outcome.state !== 'unknown' && outcome.state !== 'superseded')
      .toSorted((a, b) => a.at.localeCompare(b.at));
    const newest = parents.flatMap((parent) => known.findLast((each) => each.environment === parent) ?? []);
    const found = newest.find((each) => each.outcome.state === 'verified');
    if (found !== undefined) {
      return { gate: 'verified', state: 'pass', evidence: `verified in ${found.environment} at ${found.at}` };
    }
    const where = parents.join(' or ');
    const last = seen.toSorted((a, b) => a.at.localeCompare(b.at)).at(-1);
    if (last === undefined) {
      return {
        gate: 'verified',
        state: 'fail',
        evidence: `release ${release.release} has no record of having run in ${where}`,
        next: `pnpm run status shows where it is; \`pnpm run promote ${app} --to ${parents[0] ?? ''}\` brings it there`,
      };
    }
    return {
      gate: 'verified',
      state: 'fail',
      evidence: `release ${release.release} was ${last.outcome.state} in ${last.environment} at ${last.at}: ${last.outcome.reason}`,
      next: 'push a version that works, or repair what made it fail and deliver it again',
    };
  },
};
