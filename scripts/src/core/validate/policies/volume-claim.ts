import { listAt, ofKind, textAt } from '../fields.ts';
import { mostPods, podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const volumeClaim: Policy = {
  id: 'volume-claim',
  requirements: ['APP-6', 'E26', 'K8S-20'],
  scope: 'apps',
  reason:
    'a volume that one node may write to keeps every other pod Pending, and a delivery waits for the old pod to let go',
  fix: 'keep state in a database, or use a StatefulSet with volumeClaimTemplates',
  *check({ objects }) {
    for (const { object, spec, path } of podSpecs(objects)) {
      if (object.kind !== 'Deployment' && object.kind !== 'Rollout') continue;
      for (const [index, volume] of listAt(spec, 'volumes').entries()) {
        const name = textAt(volume, 'persistentVolumeClaim', 'claimName');
        const claim = ofKind(objects, 'PersistentVolumeClaim').find((each) => each.name === name);
        const shared = listAt(claim?.fields, 'spec', 'accessModes').some(
          (mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany',
        );
        const alone =
          textAt(object.fields, 'spec', 'strategy', 'type') === 'Recreate' && mostPods(object, objects) === 1;
        if (name !== undefined && !shared && !alone)
          yield {
            object,
            path: [...path, 'volumes', index, 'persistentVolumeClaim'],
            message: `its pods share the volume ${name}, which one node at a time may write to`,
          };
      }
    }
  },
};
