import { at, ofKind } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const configHashed: Policy = {
  id: 'config-hashed',
  requirements: ['CFG-1', 'CFG-3', 'CFG-4', 'K8S-19'],
  scope: 'apps',
  reason: 'pods do not restart when a ConfigMap changes under them, and going back does not bring the old one back',
  fix: 'make it with configMapGenerator and generatorOptions.immutable: true',
  *check({ objects }) {
    for (const object of ofKind(objects, 'ConfigMap')) {
      // The letters and digits that Kustomize writes hashes with.
      if (!/-[2456789bcdfghkmt]{10}$/.test(object.name))
        yield { object, path: ['metadata', 'name'], message: 'has no hash in its name' };
      else if (at(object.fields, ['immutable']) !== true)
        yield { object, path: ['immutable'], message: 'is not immutable' };
    }
  },
};
