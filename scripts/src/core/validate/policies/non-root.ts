import { at, shown } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Finding, Policy } from '../policy.ts';

export const nonRoot: Policy = {
  id: 'non-root',
  requirements: ['K8S-2', 'IMG-11'],
  scope: 'apps',
  reason: 'root in a container is root on the node once anything gives way, and a name in USER cannot be checked',
  fix: 'set securityContext.runAsNonRoot: true and a numeric runAsUser above 0, as components/hardened does',
  *check({ objects }) {
    for (const { object, spec, path, containers } of podSpecs(objects)) {
      for (const { name, fields, path: own } of containers) {
        for (const finding of ['runAsNonRoot', 'runAsUser'].map((key) => judge(key)))
          if (finding !== undefined) yield finding;

        /** What the container says counts, and else what its pod says. */
        function judge(key: string): Finding | undefined {
          const inContainer = at(fields, ['securityContext', key]);
          const value = inContainer ?? at(spec, ['securityContext', key]);
          if (key === 'runAsNonRoot' ? value === true : typeof value === 'number' && value > 0) return undefined;
          const where = inContainer === undefined ? path : own;
          return {
            object,
            path: [...where, 'securityContext', key],
            message: `container ${name} has ${key} ${value === undefined ? 'unset' : shown(value)}`,
          };
        }
      }
    }
  },
};
