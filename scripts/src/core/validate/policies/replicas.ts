import { ofKind, textAt } from '../fields.ts';
import { fewestKey, fewestPods, replicated, scalerOf } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const replicas: Policy = {
  id: 'replicas',
  requirements: ['K8S-13', 'K8S-26', 'HPA-1'],
  scope: 'apps',
  reason: 'a single pod is an outage whenever its node is drained or lost',
  fix: 'at least 2 in production, by replicas, minReplicas or minReplicaCount',
  *check({ environment, objects }) {
    if (environment?.production !== true) return;
    for (const object of ofKind(objects, ...replicated)) {
      // What may not run two versions at once says so by this.
      if (textAt(object.fields, 'spec', 'strategy', 'type') === 'Recreate') continue;
      const pods = fewestPods(object, objects);
      const scaler = scalerOf(object, objects);
      // Whoever scales to nothing has no requests to answer meanwhile.
      if (scaler?.kind === 'ScaledObject' && pods === 0) continue;
      if (pods < 2)
        yield {
          object: scaler ?? object,
          path: ['spec', scaler === undefined ? 'replicas' : fewestKey(scaler)[0]],
          message: `keeps ${pods} pods in ${environment.name}`,
        };
    }
  },
};
