import { hasLabels, mapAt, ofKind } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const serviceSelects: Policy = {
  id: 'service-selects',
  requirements: ['K8S-15'],
  scope: 'apps',
  reason: 'a Service that selects no pod has no endpoints, and every request to it fails',
  fix: 'use the labels of the pods: app.kubernetes.io/name',
  *check({ objects }) {
    const pods = podSpecs(objects);
    for (const object of ofKind(objects, 'Service')) {
      const selector = mapAt(object.fields, 'spec', 'selector');
      if (Object.keys(selector).length === 0) continue;
      if (!pods.some(({ labels }) => hasLabels(labels, selector)))
        yield {
          object,
          path: ['spec', 'selector', ...Object.keys(selector).slice(0, 1)],
          message: `selects ${describe(selector)}, which no pod has`,
        };
    }
  },
};

function describe(labels: Record<string, unknown>): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(',');
}
