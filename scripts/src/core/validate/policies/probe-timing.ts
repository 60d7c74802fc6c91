import { at, numberAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

/** Where a probe says nothing, Kubernetes asks every 10 s, waits 1 s, and gives up after 3 failures. */
export const probeTiming: Policy = {
  id: 'probe-timing',
  requirements: ['K8S-10'],
  scope: 'apps',
  reason:
    'a probe that may take longer than its period is asked late, and one that gives up at once restarts what only hesitated',
  fix: 'timeoutSeconds below periodSeconds, failureThreshold at least 3, successThreshold 1 but for readiness',
  *check({ objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
          if (at(fields, [probe]) === undefined) continue;
          const where = [...path, probe];
          const [period, timeout] = [
            numberAt(fields, probe, 'periodSeconds') ?? 10,
            numberAt(fields, probe, 'timeoutSeconds') ?? 1,
          ];
          // A second is the least of both, and a start may be watched as closely as that.
          const late = probe === 'startupProbe' ? timeout > period : timeout >= period;
          if (late)
            yield {
              object,
              path: [...where, 'timeoutSeconds'],
              message: `${probe} of container ${name} waits ${timeout} s and is asked every ${period} s`,
            };
          const failures = numberAt(fields, probe, 'failureThreshold') ?? 3;
          if (failures < 3)
            yield {
              object,
              path: [...where, 'failureThreshold'],
              message: `${probe} of container ${name} gives up after ${failures} failures`,
            };
          const successes = numberAt(fields, probe, 'successThreshold') ?? 1;
          if (probe !== 'readinessProbe' && successes !== 1)
            yield {
              object,
              path: [...where, 'successThreshold'],
              message: `${probe} of container ${name} has successThreshold ${successes}, which Kubernetes refuses`,
            };
        }
      }
    }
  },
};
