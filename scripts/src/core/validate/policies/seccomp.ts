import { textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const seccomp: Policy = {
  id: 'seccomp',
  requirements: ['K8S-2'],
  scope: 'apps',
  reason: 'without a seccomp profile a container may call all of the kernel',
  fix: 'set securityContext.seccompProfile.type: RuntimeDefault',
  *check({ objects }) {
    for (const { object, spec, path, containers } of podSpecs(objects)) {
      for (const { name, fields, path: own } of containers) {
        const inContainer = textAt(fields, 'securityContext', 'seccompProfile', 'type');
        const type = inContainer ?? textAt(spec, 'securityContext', 'seccompProfile', 'type');
        if (type === 'RuntimeDefault' || type === 'Localhost') continue;
        const where = inContainer === undefined ? path : own;
        yield {
          object,
          path: [...where, 'securityContext', 'seccompProfile', 'type'],
          message: `container ${name} has the seccomp profile ${type ?? 'unset'}`,
        };
      }
    }
  },
};
