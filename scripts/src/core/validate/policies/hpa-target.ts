import { at, numberAt, ofKind, textAt, shown } from '../fields.ts';
import { replicated } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const hpaTarget: Policy = {
  id: 'hpa-target',
  requirements: ['HPA-7'],
  scope: 'apps',
  reason: 'an autoscaler without its workload scales nothing, and one beside replicas in Git is undone by every sync',
  fix: 'name the workload as it is rendered (a canary or blue-green app is an argoproj.io/v1alpha1 Rollout), and set no replicas',
  *check({ objects }) {
    for (const object of ofKind(objects, 'HorizontalPodAutoscaler', 'ScaledObject')) {
      const reference = ['spec', 'scaleTargetRef'];
      const [kind = 'Deployment', name = ''] = ['kind', 'name'].map((key) => textAt(object.fields, ...reference, key));
      const target = ofKind(objects, ...replicated).find((each) => each.name === name && each.kind === kind);
      if (target === undefined) {
        const other = ofKind(objects, ...replicated).find((each) => each.name === name);
        yield {
          object,
          path: [...reference, other === undefined ? 'name' : 'kind'],
          message: `scales ${kind}/${name}, which is not there${other === undefined ? '' : `; there is ${other.kind}/${name}`}`,
        };
        continue;
      }
      const version = at(object.fields, [...reference, 'apiVersion']);
      if (version !== target.apiVersion && object.kind === 'HorizontalPodAutoscaler')
        yield {
          object,
          path: [...reference, 'apiVersion'],
          message: `scales ${kind}/${name} in ${shown(version)}, and it is in ${target.apiVersion}`,
        };
      const replicas = numberAt(target.fields, 'spec', 'replicas');
      if (replicas !== undefined)
        yield {
          object: target,
          path: ['spec', 'replicas'],
          message: `says ${replicas} replicas, and ${object.kind}/${object.name} decides how many there are`,
        };
    }
  },
};
