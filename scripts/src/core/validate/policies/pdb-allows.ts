import { at, isSelected, ofKind, shown } from '../fields.ts';
import { fewestPods, podSpecs, replicated } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const pdbAllows: Policy = {
  id: 'pdb-allows',
  requirements: ['PDB-1', 'PDB-4'],
  scope: 'apps',
  reason: 'a budget that allows no disruption holds up every drain, and with it every upgrade of the nodes',
  fix: 'maxUnavailable: 1, or more pods than minAvailable at the least',
  *check({ objects }) {
    for (const object of ofKind(objects, 'PodDisruptionBudget')) {
      const pods = podSpecs(objects).filter(
        (each) =>
          replicated.includes(each.object.kind) && isSelected(each.labels, at(object.fields, ['spec', 'selector'])),
      );
      for (const { object: workload } of pods) {
        // Of none there is none to let go.
        const fewest = Math.max(1, fewestPods(workload, objects));
        const kept = at(object.fields, ['spec', 'minAvailable']);
        const lost = at(object.fields, ['spec', 'maxUnavailable']);
        // Kubernetes rounds both up: https://kubernetes.io/docs/tasks/run-application/configure-pdb/
        const allowed = lost === undefined ? fewest - share(kept ?? 0, fewest) : share(lost, fewest);
        if (allowed > 0) continue;
        const key = lost === undefined ? 'minAvailable' : 'maxUnavailable';
        yield {
          object,
          path: ['spec', key],
          message: `${key}: ${shown(lost ?? kept)} lets none of the ${fewest} pods go that ${workload.kind}/${workload.name} keeps at the least`,
        };
      }
    }
  },
};

function share(value: unknown, pods: number): number {
  const percent = /^(\d+)%$/.exec(String(value))?.[1];
  return percent === undefined ? Number(value) : Math.ceil((Number(percent) / 100) * pods);
}
