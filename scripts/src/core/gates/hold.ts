import { describeStop, holdsOn, latest } from '../policy.ts';
import type { Gate } from './gate.ts';

/** Nobody has asked for this app to stay as it is here. */
export const hold: Gate = {
  name: 'hold',
  kind: 'landing',
  asked: (verb) => verb !== 'rollback',
  evaluate({ app, environment, policy, now }) {
    const holds = holdsOn(policy, app, now);
    const [first] = holds;
    if (first === undefined) return { gate: 'hold', state: 'pass', evidence: 'no hold' };
    return {
      gate: 'hold',
      state: 'pending',
      evidence: `held ${describeStop(first)}${holds.length > 1 ? ` (and ${holds.length - 1} more)` : ''}`,
      opensAt: latest(holds.map((each) => each.until)),
      next: `pnpm run hold ${app} --env ${environment.name} --lift --reason "..."`,
    };
  },
};
