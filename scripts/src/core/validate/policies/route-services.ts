import { at, listAt, ofKind, textAt, shown } from '../fields.ts';
import type { Value } from '../../diff/objects.ts';
import type { Finding, Path, Policy } from '../policy.ts';

export const routeServices: Policy = {
  id: 'route-services',
  requirements: ['K8S-15', 'K8S-17', 'GWY-2'],
  scope: 'apps',
  reason: 'a route to what is not there answers 404 or 503',
  fix: 'name a Service of the app and one of its ports, or its TraefikService',
  *check({ objects }) {
    for (const object of objects) {
      for (const { kind, name, port, path } of backends(object)) {
        const target = ofKind(objects, kind).find((each) => each.name === name);
        if (target === undefined)
          yield { object, path: [...path, 'name'], message: `goes to the ${kind} ${name}, which is not there` };
        else if (kind === 'Service' && port !== undefined) {
          const ports = listAt(target.fields, 'spec', 'ports');
          const known = ports.some((each) => at(each, ['port']) === port || at(each, ['name']) === port);
          if (!known)
            yield {
              object,
              path: [...path, 'port'],
              message: `goes to port ${shown(port)} of the Service ${name}, which has ${ports.map((each) => textAt(each, 'name') ?? shown(at(each, ['port']))).join(', ')}`,
            };
        }
      }
    }
  },
};

interface Backend {
  kind: string;
  name: string;
  port: Value | undefined;
  path: Path;
}

function backends({ kind, fields }: Finding['object']): Backend[] {
  function of(path: Path): Backend[] {
    return listAt(fields, ...path).map((each, index) => ({
      kind: textAt(each, 'kind') ?? 'Service',
      name: textAt(each, 'name') ?? '',
      port: at(each, ['port']),
      path: [...path, index],
    }));
  }
  if (kind === 'IngressRoute')
    return listAt(fields, 'spec', 'routes').flatMap((_, index) => of(['spec', 'routes', index, 'services']));
  if (kind === 'TraefikService') return of(['spec', 'weighted', 'services']);
  if (kind === 'HTTPRoute')
    return listAt(fields, 'spec', 'rules').flatMap((_, index) => of(['spec', 'rules', index, 'backendRefs']));
  if (kind !== 'Ingress') return [];
  return listAt(fields, 'spec', 'rules').flatMap((rule, index) =>
    listAt(rule, 'http', 'paths').map((each, place) => {
      const path = ['spec', 'rules', index, 'http', 'paths', place, 'backend', 'service'];
      const service = at(each, ['backend', 'service']);
      return {
        kind: 'Service',
        name: textAt(service, 'name') ?? '',
        port: at(service, ['port', 'name']) ?? at(service, ['port', 'number']),
        path,
      };
    }),
  );
}
