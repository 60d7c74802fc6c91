import { at, listAt, mapAt, numberAt, ofKind, textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const hpaBounds: Policy = {
  id: 'hpa-bounds',
  requirements: ['HPA-1', 'HPA-4'],
  scope: 'apps',
  reason:
    'an autoscaler without room does nothing, and one that measures a share of what pods request needs that request',
  fix: 'maxReplicas above minReplicas, and a request in every container of the workload for what is measured',
  *check({ objects }) {
    for (const object of ofKind(objects, 'HorizontalPodAutoscaler')) {
      const [fewest, most] = [
        numberAt(object.fields, 'spec', 'minReplicas') ?? 1,
        numberAt(object.fields, 'spec', 'maxReplicas') ?? 0,
      ];
      if (fewest >= most)
        yield { object, path: ['spec', 'maxReplicas'], message: `scales from ${fewest} to ${most} pods` };
      const metrics = listAt(object.fields, 'spec', 'metrics');
      if (metrics.length === 0) yield { object, path: ['spec', 'metrics'], message: 'measures nothing' };
      const pods = podSpecs(objects).filter(
        (each) => each.object.name === textAt(object.fields, 'spec', 'scaleTargetRef', 'name'),
      );
      for (const [index, metric] of metrics.entries()) {
        const resource = textAt(metric, 'resource', 'name');
        if (resource === undefined || textAt(metric, 'resource', 'target', 'type') !== 'Utilization') continue;
        for (const { name, fields, init } of pods.flatMap(({ containers }) => containers)) {
          if (init || at(mapAt(fields, 'resources', 'requests'), [resource]) !== undefined) continue;
          yield {
            object,
            path: ['spec', 'metrics', index],
            message: `measures ${resource} by what is requested, and container ${name} requests none`,
          };
        }
      }
    }
  },
};
