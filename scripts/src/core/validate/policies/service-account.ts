import { at, ofKind, textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const serviceAccount: Policy = {
  id: 'service-account',
  requirements: ['K8S-5'],
  scope: 'apps',
  reason: 'pods that share an account share its rights, and a token that lies in a pod is there to be stolen',
  fix: 'give the app a ServiceAccount of its own with automountServiceAccountToken: false',
  *check({ objects }) {
    const accounts = ofKind(objects, 'ServiceAccount');
    for (const { object, spec, path } of podSpecs(objects)) {
      const name = textAt(spec, 'serviceAccountName') ?? 'default';
      const account = accounts.find((each) => each.name === name);
      if (name === 'default')
        yield { object, path: [...path, 'serviceAccountName'], message: 'its pods use the account "default"' };
      else if (account === undefined)
        yield { object, path: [...path, 'serviceAccountName'], message: `there is no ServiceAccount ${name}` };
      const mounts =
        at(spec, ['automountServiceAccountToken']) ?? at(account?.fields, ['automountServiceAccountToken']);
      if (mounts !== false)
        yield {
          object,
          path: [...path, 'automountServiceAccountToken'],
          message: 'its pods are given a token for the API server',
        };
    }
  },
};
