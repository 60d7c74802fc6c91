import { listAt, shown } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

/** As the pod security profile "restricted" has it. */
export const capabilities: Policy = {
  id: 'capabilities',
  requirements: ['K8S-3'],
  scope: 'apps',
  reason: 'capabilities are parts of root, and a service needs none of them',
  fix: 'set securityContext.capabilities.drop: [ALL] and add at most NET_BIND_SERVICE',
  *check({ objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        const where = [...path, 'securityContext', 'capabilities'];
        if (!listAt(fields, 'securityContext', 'capabilities', 'drop').includes('ALL'))
          yield { object, path: [...where, 'drop'], message: `container ${name} keeps capabilities` };
        const added = listAt(fields, 'securityContext', 'capabilities', 'add').filter(
          (each) => each !== 'NET_BIND_SERVICE',
        );
        if (added.length > 0)
          yield { object, path: [...where, 'add'], message: `container ${name} adds ${added.map(shown).join(', ')}` };
      }
    }
  },
};
