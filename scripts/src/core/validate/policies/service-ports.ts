import { at, hasLabels, listAt, mapAt, ofKind, textAt, shown } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const servicePorts: Policy = {
  id: 'service-ports',
  requirements: ['K8S-16'],
  scope: 'both',
  reason: 'a Service whose port no container has takes requests and answers none',
  fix: 'name a port that a container of the selected pods has',
  *check({ objects }) {
    const pods = podSpecs(objects);
    for (const object of ofKind(objects, 'Service')) {
      const selector = mapAt(object.fields, 'spec', 'selector');
      const selected =
        Object.keys(selector).length === 0 ? [] : pods.filter(({ labels }) => hasLabels(labels, selector));
      if (selected.length === 0) continue;
      const ports = selected.flatMap(({ containers }) => containers).flatMap(({ fields }) => listAt(fields, 'ports'));
      for (const [index, port] of listAt(object.fields, 'spec', 'ports').entries()) {
        const target = at(port, ['targetPort']) ?? at(port, ['port']);
        const known = ports.some(
          (each) => (typeof target === 'string' ? textAt(each, 'name') : at(each, ['containerPort'])) === target,
        );
        if (!known)
          yield {
            object,
            path: ['spec', 'ports', index, 'targetPort'],
            message: `no container of its pods has a port ${shown(target)}; there are ${ports.map((each) => textAt(each, 'name') ?? shown(at(each, ['containerPort']))).join(', ') || 'none'}`,
          };
      }
    }
  },
};
