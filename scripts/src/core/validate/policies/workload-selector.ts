import { at, isSelected, mapAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const workloadSelector: Policy = {
  id: 'workload-selector',
  requirements: ['K8S-15'],
  scope: 'both',
  reason: 'the API server refuses a workload that does not select the pods it makes',
  fix: 'give spec.selector.matchLabels what spec.template.metadata.labels has',
  *check({ objects }) {
    for (const { object, labels, serves } of podSpecs(objects)) {
      const selector = at(object.fields, ['spec', 'selector']);
      if (!serves || isSelected(labels, selector)) continue;
      const wanted = mapAt(selector, 'matchLabels');
      const other = Object.keys(wanted).filter((key) => labels[key] !== wanted[key]);
      const path = ['spec', 'selector', 'matchLabels', ...other.slice(0, 1)];
      yield { object, path, message: 'does not select the pods of its own template' };
    }
  },
};
