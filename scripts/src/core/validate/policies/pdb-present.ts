import { at, isSelected, ofKind } from '../fields.ts';
import { fewestPods, podSpecs, replicated } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const pdbPresent: Policy = {
  id: 'pdb-present',
  requirements: ['PDB-3'],
  scope: 'apps',
  reason: 'without a budget a drain may take all pods at once',
  fix: 'add a PodDisruptionBudget with maxUnavailable: 1',
  *check({ environment, objects }) {
    if (environment?.production !== true) return;
    const budgets = ofKind(objects, 'PodDisruptionBudget');
    for (const { object, labels } of podSpecs(objects)) {
      if (!replicated.includes(object.kind) || fewestPods(object, objects) < 2) continue;
      const covered = budgets.some(({ fields }) => isSelected(labels, at(fields, ['spec', 'selector'])));
      if (!covered) yield { object, path: ['spec'], message: `has no PodDisruptionBudget in ${environment.name}` };
    }
  },
};
