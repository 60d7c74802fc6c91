import { listAt, textAt, shown } from '../fields.ts';
import type { Finding, Policy } from '../policy.ts';

/** The placeholder that a router's component has until an overlay sets the host. */
const unset = /\.invalid$/;

export const hostSet: Policy = {
  id: 'host-set',
  requirements: ['K8S-17', 'E29'],
  scope: 'apps',
  reason: 'until an overlay sets the host, nobody reaches the app',
  fix: 'set the host in the overlay, as storefront/overlays/dev/host.patch.yaml does',
  *check({ objects }) {
    for (const object of objects) {
      for (const { host, path } of hostsOf(object)) {
        if (unset.test(host))
          yield { object, path, message: `answers to ${host}, which stands for a host that is still to be set` };
      }
    }
  },
};

interface Host {
  host: string;
  path: Finding['path'];
}

/** The hosts that an object routes. */
function hostsOf({ kind, fields }: Finding['object']): Host[] {
  if (kind === 'Ingress')
    return listAt(fields, 'spec', 'rules').flatMap((rule, index) =>
      textAt(rule, 'host') === undefined
        ? []
        : [{ host: textAt(rule, 'host') ?? '', path: ['spec', 'rules', index, 'host'] }],
    );
  if (kind === 'HTTPRoute')
    return listAt(fields, 'spec', 'hostnames').map((host, index) => ({
      host: shown(host),
      path: ['spec', 'hostnames', index],
    }));
  if (kind !== 'IngressRoute') return [];
  return listAt(fields, 'spec', 'routes').flatMap((route, index) =>
    [...(textAt(route, 'match') ?? '').matchAll(/Host\(`([^`]+)`\)/g)].map(([, host = '']) => ({
      host,
      path: ['spec', 'routes', index, 'match'],
    })),
  );
}
