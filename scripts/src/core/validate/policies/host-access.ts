import { at, listAt, numberAt, textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const hostAccess: Policy = {
  id: 'host-access',
  requirements: ['K8S-3', 'ADM-3', 'NET-6'],
  scope: 'both',
  reason:
    'a pod that shares the network, processes or files of its node reaches every other pod there, and no network policy holds it',
  fix: 'take the field out; what has to be on the node gets a waiver with its reason',
  *check({ objects }) {
    for (const { object, spec, path, containers } of podSpecs(objects)) {
      for (const key of ['hostNetwork', 'hostPID', 'hostIPC']) {
        if (at(spec, [key]) === true) yield { object, path: [...path, key], message: `its pods have ${key}` };
      }
      for (const [index, volume] of listAt(spec, 'volumes').entries()) {
        const host = textAt(volume, 'hostPath', 'path');
        if (host !== undefined)
          yield {
            object,
            path: [...path, 'volumes', index, 'hostPath'],
            message: `volume ${textAt(volume, 'name')} is ${host} of the node`,
          };
      }
      for (const { name, fields, path: own } of containers) {
        for (const [index, port] of listAt(fields, 'ports').entries()) {
          const host = numberAt(port, 'hostPort');
          if (host !== undefined)
            yield {
              object,
              path: [...own, 'ports', index, 'hostPort'],
              message: `container ${name} takes port ${host} of its node`,
            };
        }
      }
    }
  },
};
