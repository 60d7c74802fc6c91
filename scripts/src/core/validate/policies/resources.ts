import { amount, at } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

export const resources: Policy = {
  id: 'resources',
  requirements: ['K8S-6', 'ADM-1', 'QUO-6', 'HPA-4'],
  scope: 'apps',
  reason:
    'what asks for nothing is placed anywhere and evicted first, and what has no limit takes what others asked for',
  fix: 'set requests and limits of cpu and memory, in every container',
  *check({ objects }) {
    for (const { object, containers } of podSpecs(objects)) {
      for (const { name, fields, path } of containers) {
        for (const key of ['cpu', 'memory']) {
          const [asked, most] = ['requests', 'limits'].map((kind) => {
            const given = amount(at(fields, ['resources', kind, key]));
            // Kubernetes takes zero for nothing said: as a limit there is none, and with zeros alone a pod is BestEffort.
            return given === 0 ? undefined : given;
          });
          if (asked === undefined)
            yield {
              object,
              path: [...path, 'resources', 'requests', key],
              message: `container ${name} requests no ${key}`,
            };
          if (most === undefined)
            yield {
              object,
              path: [...path, 'resources', 'limits', key],
              message: `container ${name} has no limit of ${key}`,
            };
          if (asked !== undefined && most !== undefined && asked > most) {
            yield {
              object,
              path: [...path, 'resources', 'requests', key],
              message: `container ${name} requests more ${key} than its limit`,
            };
          }
        }
      }
    }
  },
};
