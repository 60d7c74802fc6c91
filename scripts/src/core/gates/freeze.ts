import { describeStop, stands } from '../policy.ts';
import type { Gate } from './gate.ts';

/** The environment is open for this app: no freeze that a person set stands, and no window of the configuration is closed. */
export const freeze: Gate = {
  name: 'freeze',
  kind: 'landing',
  needs: (environment) => ((environment.gates.freeze?.windows ?? []).length > 0 ? ['closed'] : []),
  asked: (verb) => verb !== 'rollback',
  evaluate({ app, environment, policy, now, closed }) {
    const windows = environment.gates.freeze?.windows ?? [];
    if (windows.length > 0 && closed === undefined) {
      return { gate: 'freeze', state: 'unknown', evidence: 'the windows of the configuration could not be read' };
    }
    const set = policy.freezes.find(
      (each) => (each.apps === undefined || each.apps.includes(app)) && stands(each, now),
    );
    if (set !== undefined) {
      return {
        gate: 'freeze',
        state: 'pending',
        evidence: `${environment.name} is frozen ${describeStop(set)}`,
        opensAt: set.until,
        next: `pnpm run freeze --env ${environment.name} --lift --reason "..."`,
      };
    }
    if (closed?.until !== undefined) {
      const why = closed.reason === undefined ? '' : `: ${closed.reason}`;
      return {
        gate: 'freeze',
        state: 'pending',
        evidence: `${environment.name} is closed by a window until ${closed.until}${why}`,
        opensAt: closed.until,
        next: `wait until ${closed.until}`,
      };
    }
    return { gate: 'freeze', state: 'pass', evidence: 'no freeze' };
  },
};
