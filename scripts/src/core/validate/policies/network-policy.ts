import { at, isSelected, listAt, ofKind } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const networkPolicy: Policy = {
  id: 'network-policy',
  requirements: ['NET-1', 'NET-2', 'NET-3'],
  scope: 'apps',
  reason: 'where no policy selects a pod, everything in the cluster reaches it and it reaches everything',
  fix: 'add components/network, or a NetworkPolicy of both policyTypes that selects its pods',
  *check({ objects }) {
    const policies = ofKind(objects, 'NetworkPolicy');
    for (const { object, labels, path } of podSpecs(objects)) {
      for (const type of ['Ingress', 'Egress']) {
        const closed = policies.some(
          ({ fields }) =>
            listAt(fields, 'spec', 'policyTypes').includes(type) &&
            isSelected(labels, at(fields, ['spec', 'podSelector'])),
        );
        if (!closed)
          yield { object, path: path.slice(0, 1), message: `no NetworkPolicy of type ${type} selects its pods` };
      }
    }
  },
};
