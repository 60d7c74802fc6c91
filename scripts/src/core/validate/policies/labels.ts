import { textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

const wanted = ['app.kubernetes.io/name', 'app.kubernetes.io/version'];

export const labels: Policy = {
  id: 'labels',
  requirements: ['K8S-1', 'TAG-8', 'CST-5'],
  scope: 'apps',
  reason: 'dashboards, costs and the people on call find pods by these labels',
  fix: 'set app.kubernetes.io/name in the template; the version is the renderer’s to write, on Deployments and Rollouts',
  *check({ objects }) {
    for (const { object, labels: found, path, serves } of podSpecs(objects)) {
      if (!serves) continue;
      for (const label of wanted) {
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
