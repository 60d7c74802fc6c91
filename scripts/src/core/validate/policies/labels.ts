import { textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

/** Of every pod, as infrastructure/admission asks for them. */
const wanted = ['app.kubernetes.io/name', 'environment', 'team', 'cost-center'];

export const labels: Policy = {
  id: 'labels',
  requirements: ['K8S-1', 'TAG-8', 'CST-5'],
  scope: 'apps',
  reason: 'dashboards, costs and the people on call find pods by these labels',
  fix: 'in the base labels app.kubernetes.io/name, team and cost-center, in the overlay environment, with includeTemplates; the version is the renderer’s to write',
  *check({ objects }) {
    for (const { object, labels: found, path, serves } of podSpecs(objects)) {
      for (const label of serves ? [...wanted, 'app.kubernetes.io/version'] : wanted) {
        if (textAt(found, label) === undefined)
          yield {
            object,
            path: [...path.slice(0, -1), 'metadata', 'labels', label],
            message: `its pods have no label ${label}`,
          };
      }
    }
  },
};
