import { at, listAt, mapAt, numberAt, ofKind, textAt } from '../fields.ts';
import type { Finding, Policy } from '../policy.ts';

export const networkDns: Policy = {
  id: 'network-dns',
  requirements: ['NET-2', 'NET-4', 'E18', 'E19'],
  scope: 'both',
  reason: 'long answers of DNS come over TCP, and a label that namespaces do not have selects none of them',
  fix: 'allow port 53 by UDP and TCP, and select namespaces by kubernetes.io/metadata.name',
  *check({ objects }) {
    for (const object of ofKind(objects, 'NetworkPolicy')) {
      for (const [index, rule] of listAt(object.fields, 'spec', 'egress').entries()) {
        const dns = listAt(rule, 'ports').filter((port) => numberAt(port, 'port') === 53);
        const protocols = dns.map((port) => textAt(port, 'protocol') ?? 'TCP');
        const missing = ['UDP', 'TCP'].filter((each) => !protocols.includes(each));
        if (dns.length > 0 && missing.length > 0)
          yield {
            object,
            path: ['spec', 'egress', index, 'ports'],
            message: `allows DNS without ${missing.join(' and ')}`,
          };
      }
      for (const [way, end] of [
        ['ingress', 'from'],
        ['egress', 'to'],
      ] as const)
        yield* foreign(object, way, end);
    }
  },
};

function* foreign(object: Finding['object'], way: string, end: string): Generator<Finding> {
  for (const [index, rule] of listAt(object.fields, 'spec', way).entries()) {
    for (const [place, peer] of listAt(rule, end).entries()) {
      if (at(mapAt(peer, 'namespaceSelector', 'matchLabels'), ['name']) === undefined) continue;
      yield {
        object,
        path: ['spec', way, index, end, place, 'namespaceSelector', 'matchLabels', 'name'],
        message: 'selects namespaces by the label "name", which they do not have',
      };
    }
  }
}
