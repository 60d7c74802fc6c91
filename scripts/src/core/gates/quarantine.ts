import { describeStop, quarantineOf } from '../policy.ts';
import type { Gate } from './gate.ts';

/** Neither the release nor its image was found bad. */
export const quarantine: Gate = {
  name: 'quarantine',
  kind: 'proposing',
  fixed: () => 'what was found bad is let in again by lifting the quarantine, for everybody to see',
  asked: (verb) => verb !== 'retirement',
  evaluate({ app, environment, release, policy, now }) {
    const found = quarantineOf(policy, app, release, now);
    if (found === undefined) return { gate: 'quarantine', state: 'pass', evidence: 'not in quarantine' };
    const named = found.digest === undefined ? `--release ${release.release}` : `--digest ${found.digest}`;
    const what = found.digest === undefined ? `release ${release.release}` : `image ${release.digest.slice(0, 19)}`;
    return {
      gate: 'quarantine',
      state: 'fail',
      evidence: `${what} is in quarantine in ${environment.name} ${describeStop(found)}`,
      opensAt: found.until,
      final: found.until === undefined ? true : undefined,
      next: `push a version that works; or, if it was wrong: pnpm run quarantine ${app} ${named} --lift --reason "..."`,
    };
  },
};
