import { at } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const privileges: Policy = {
  id: 'privileges',
  requirements: ['K8S-3', 'ADM-3'],
  scope: 'both',
  reason: 'a privileged container is the node, and one that may gain privileges can become it',
  fix: 'set securityContext.allowPrivilegeEscalation: false, and take privileged out',
  *check({ app, objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        if (at(fields, ['securityContext', 'privileged']) === true)
          yield {
            object,
            path: [...path, 'securityContext', 'privileged'],
            message: `container ${name} is privileged`,
          };
        // What the platform brings from upstream is under the profile "baseline", which leaves this open.
        if (app !== undefined && at(fields, ['securityContext', 'allowPrivilegeEscalation']) !== false) {
          yield {
            object,
            path: [...path, 'securityContext', 'allowPrivilegeEscalation'],
            message: `container ${name} may gain privileges`,
          };
        }
      }
    }
  },
};
