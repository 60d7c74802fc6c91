import { amount, at, isFieldsOf, mapAt, ofKind, shown } from '../fields.ts';
import { mostPods, podSpecs, replicated, type Container, type PodSpec } from '../pod-specs.ts';
import type { Policy, Subject } from '../policy.ts';

export const quotaFits: Policy = {
  id: 'quota-fits',
  requirements: ['QUO-7'],
  scope: 'apps',
  reason: 'a quota refuses pods when they are needed most: while traffic grows, or in the middle of a delivery',
  fix: 'a larger quota, fewer pods at most, or smaller requests',
  *check({ objects, platform }) {
    const pods = podSpecs(objects).filter(({ object }) => replicated.includes(object.kind));
    const quotas = ofKind([...objects, ...platform], 'ResourceQuota').filter(
      (each) => each.namespace === pods[0]?.object.namespace,
    );
    for (const object of quotas) {
      for (const [key, value] of Object.entries(mapAt(object.fields, 'spec', 'hard'))) {
        const needed = pods.map((pod) => perPod(pod, key) * withSurge(pod, objects)).reduce((a, b) => a + b, 0);
        if (needed <= (amount(value) ?? 0)) continue;
        yield {
          object,
          path: ['spec', 'hard', key],
          message: `allows ${key} ${shown(value)}, and all pods at most, with those of the next version, take ${sum(key, needed)}`,
        };
      }
    }
  },
};

/** How many pods there are at most, while the next version comes. */
function withSurge({ object }: PodSpec, objects: Subject['objects']): number {
  const most = mostPods(object, objects);
  const strategy = mapAt(object.fields, 'spec', 'strategy');
  if (strategy['type'] === 'Recreate' || object.kind === 'StatefulSet') return most;
  // Beside all stable pods, those of the next version grow to as many.
  if (isFieldsOf(strategy['blueGreen']) || at(strategy, ['canary', 'trafficRouting']) !== undefined) return 2 * most;
  const surge = shown(at(strategy, ['rollingUpdate', 'maxSurge']) ?? at(strategy, ['canary', 'maxSurge']) ?? '25%');
  return most + (surge.endsWith('%') ? Math.ceil((most * Number.parseFloat(surge)) / 100) : Number(surge));
}

/** What one pod takes of a quota's key; nothing of one that is not about pods. */
function perPod({ containers }: PodSpec, key: string): number {
  if (key === 'pods') return 1;
  const [, kind = 'requests', resource = ''] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(key) ?? [];
  function of({ fields }: Container): number {
    return amount(at(fields, ['resources', kind, resource])) ?? 0;
  }
  const starting = Math.max(0, ...containers.filter(({ init }) => init).map(of));
  const running = containers
    .filter(({ init }) => !init)
    .map(of)
    .reduce((a, b) => a + b, 0);
  return Math.max(starting, running);
}

function sum(key: string, value: number): string {
  return key.endsWith('memory') ? `${Math.ceil(value / 2 ** 20)}Mi` : String(Math.round(value * 1000) / 1000);
}
