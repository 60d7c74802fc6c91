import { at, isSelected, ofKind, textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const pdbSelector: Policy = {
  id: 'pdb-selector',
  requirements: ['PDB-1', 'PDB-2', 'PDB-5'],
  scope: 'apps',
  reason:
    'evictions fail where two budgets are about one pod, a budget about none protects nothing, and broken pods hold up drains',
  fix: 'one budget for each workload, with its labels, one of minAvailable and maxUnavailable, and unhealthyPodEvictionPolicy: AlwaysAllow',
  *check({ objects }) {
    const budgets = ofKind(objects, 'PodDisruptionBudget');
    const pods = podSpecs(objects);
    for (const object of budgets) {
      const selector = at(object.fields, ['spec', 'selector']);
      if (!pods.some(({ labels }) => isSelected(labels, selector)))
        yield { object, path: ['spec', 'selector'], message: 'is about no pod' };
      const both = ['minAvailable', 'maxUnavailable'].filter((key) => at(object.fields, ['spec', key]) !== undefined);
      if (both.length !== 1)
        yield {
          object,
          path: ['spec', both[1] ?? 'maxUnavailable'],
          message:
            both.length === 2
              ? 'has both minAvailable and maxUnavailable'
              : 'has neither minAvailable nor maxUnavailable',
        };
      if (textAt(object.fields, 'spec', 'unhealthyPodEvictionPolicy') !== 'AlwaysAllow')
        yield {
          object,
          path: ['spec', 'unhealthyPodEvictionPolicy'],
          message: 'protects pods that are broken as well',
        };
    }
    for (const { object, labels, path } of pods) {
      const about = budgets
        .filter(({ fields }) => isSelected(labels, at(fields, ['spec', 'selector'])))
        .map(({ name }) => name);
      if (about.length > 1)
        yield {
          object,
          path: [...path.slice(0, -1), 'metadata', 'labels'],
          message: `its pods are in ${about.length} budgets: ${about.join(', ')}`,
        };
    }
  },
};
