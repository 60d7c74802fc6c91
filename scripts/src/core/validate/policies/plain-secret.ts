import { isFieldsOf, at, ofKind } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const plainSecret: Policy = {
  id: 'plain-secret',
  requirements: ['SCR-1', 'SCR-4', 'GIT-8'],
  scope: 'both',
  reason: 'Git keeps it for good, base64 hides nothing, and everybody with a clone has it',
  fix: 'keep the value in a secret store and refer to it with an ExternalSecret, or seal it; then change it, since it is known',
  *check({ objects }) {
    for (const object of ofKind(objects, 'Secret')) {
      for (const key of ['data', 'stringData']) {
        if (isFieldsOf(at(object.fields, [key])))
          yield {
            object,
            path: [key],
            message: `holds ${Object.keys(at(object.fields, [key]) ?? {}).join(', ')} as plain text`,
          };
      }
    }
  },
};
