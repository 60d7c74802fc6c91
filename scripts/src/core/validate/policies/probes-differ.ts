import { mapAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

const handlers = ['httpGet', 'tcpSocket', 'exec', 'grpc'];

export const probesDiffer: Policy = {
  id: 'probes-differ',
  requirements: ['APP-1', 'APP-2'],
  scope: 'apps',
  reason:
    'readiness may look at what a service depends on; if liveness asks the same, a database that is down restarts every pod',
  fix: 'ask /livez for liveness and /readyz for readiness',
  *check({ objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        const [live, ready] = ['livenessProbe', 'readinessProbe'].map((probe) =>
          JSON.stringify(handlers.map((handler) => mapAt(fields, probe, handler))),
        );
        const asked = handlers.some((handler) => Object.keys(mapAt(fields, 'livenessProbe', handler)).length > 0);
        if (asked && live === ready)
          yield {
            object,
            path: [
              ...path,
              'livenessProbe',
              ...handlers.filter((handler) => handler in mapAt(fields, 'livenessProbe')),
              'path',
            ],
            message: `container ${name} is asked the same for liveness as for readiness`,
          };
      }
    }
  },
};
