import { at } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const readOnlyRoot: Policy = {
  id: 'read-only-root',
  requirements: ['K8S-3', 'K8S-4'],
  scope: 'apps',
  reason: 'what nobody can write to, nobody can leave anything in',
  fix: 'set securityContext.readOnlyRootFilesystem: true, with an emptyDir for what has to be written',
  *check({ objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        if (at(fields, ['securityContext', 'readOnlyRootFilesystem']) === true) continue;
        yield {
          object,
          path: [...path, 'securityContext', 'readOnlyRootFilesystem'],
          message: `container ${name} can write to its image's files`,
        };
      }
    }
  },
};
