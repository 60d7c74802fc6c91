import { at, ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const hpaVpa: Policy = {
  id: 'hpa-vpa',
  requirements: ['HPA-6', 'VPA-1', 'KEDA-1'],
  scope: 'apps',
  reason: 'two autoscalers of one workload each undo what the other did',
  fix: 'keep one; a VerticalPodAutoscaler beside it with updateMode "Off"',
  *check({ objects }) {
    const scalers = ofKind(objects, 'HorizontalPodAutoscaler', 'ScaledObject', 'VerticalPodAutoscaler').filter(
      ({ fields }) => textAt(fields, 'spec', 'updatePolicy', 'updateMode') !== 'Off',
    );
    for (const [index, object] of scalers.entries()) {
      const other = scalers.slice(0, index).find((each) => targetOf(each) === targetOf(object));
      if (other !== undefined)
        yield {
          object,
          path: ['spec', object.kind === 'VerticalPodAutoscaler' ? 'targetRef' : 'scaleTargetRef', 'name'],
          message: `scales ${targetOf(object)}, and so does ${other.kind}/${other.name}`,
        };
    }
  },
};

function targetOf({ fields }: { fields: Parameters<typeof at>[0] }): string {
  const reference = at(fields, ['spec', 'scaleTargetRef']) ?? at(fields, ['spec', 'targetRef']);
  return `${textAt(reference, 'kind') ?? 'Deployment'}/${textAt(reference, 'name')}`;
}
