import { describeStop, freezesOn, latest } from '../policy.ts';
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
    const standing = freezesOn(policy, app, now);
    const ends = [...standing.map((each) => each.until), ...(closed?.until === undefined ? [] : [closed.until])];
    const [set] = standing;
    if (set !== undefined) {
      const more = ends.length > 1 ? ` (and ${ends.length - 1} more)` : '';
      const apps = (set.apps ?? []).map((each) => `${each} `).join('');
      return {
        gate: 'freeze',
        state: 'pending',
        evidence: `${environment.name} is frozen ${describeStop(set)}${more}`,
        opensAt: latest(ends),
        next: `pnpm run freeze ${apps}--env ${environment.name} --lift --reason "..."`,
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
