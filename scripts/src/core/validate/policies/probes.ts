import { at, isFieldsOf, listAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const probes: Policy = {
  id: 'probes',
  requirements: ['K8S-7', 'K8S-8', 'K8S-9', 'STR-1'],
  scope: 'apps',
  reason:
    'without a readiness probe a new version gets requests before it can answer, and a broken one replaces the old; without the others nothing restarts what hangs, or waits for what starts slowly',
  fix: 'add startupProbe (/startupz), readinessProbe (/readyz) and livenessProbe (/livez)',
  *check({ objects }) {
    for (const { object, serves, containers } of podSpecs(objects)) {
      if (!serves) continue;
      for (const { name, fields, path, init } of containers) {
        if (init || listAt(fields, 'ports').length === 0) continue;
        for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe']) {
          if (!isFieldsOf(at(fields, [probe])))
            yield { object, path: [...path, probe], message: `container ${name} has no ${probe}` };
        }
      }
    }
  },
};
