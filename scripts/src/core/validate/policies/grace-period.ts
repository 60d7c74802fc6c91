import { at, listAt, mapAt, numberAt, ofKind, textAt } from '../fields.ts';
import { podSpecs, type Container } from '../pod-specs.ts';
import type { Policy, Subject } from '../policy.ts';

/** What the chassis does where nothing says otherwise: packages/chassis/src/settings.ts. */
const drained = { SHUTDOWN_DRAIN_MS: 3_000, SHUTDOWN_TIMEOUT_MS: 25_000 };

export const gracePeriod: Policy = {
  id: 'grace-period',
  requirements: ['K8S-11', 'APP-3'],
  scope: 'apps',
  reason: 'a pod that is not done when its grace period ends is killed with the requests that it has',
  fix: 'terminationGracePeriodSeconds from 30 to 120, longer than preStop and SHUTDOWN_TIMEOUT_MS together; 60 in a canary',
  *check({ objects }) {
    for (const { object, spec, path, serves, containers } of podSpecs(objects)) {
      if (!serves) continue;
      const where = [...path, 'terminationGracePeriodSeconds'];
      const grace = numberAt(spec, 'terminationGracePeriodSeconds');
      const least = at(object.fields, ['spec', 'strategy', 'canary']) === undefined ? 30 : 60;
      if (grace === undefined)
        yield { object, path: where, message: 'says nothing of how long its pods may take to stop' };
      else if (grace < least || grace > 120)
        yield {
          object,
          path: where,
          message: `gives its pods ${grace} s to stop, and from ${least} to 120 s is what they need`,
        };
      for (const container of containers) {
        const needed = secondsToStop(container, objects);
        if (grace !== undefined && needed >= grace)
          yield {
            object,
            path: where,
            message: `gives its pods ${grace} s to stop, and container ${container.name} takes up to ${needed} s`,
          };
      }
    }
  },
};

function secondsToStop({ fields }: Container, objects: Subject['objects']): number {
  const before = numberAt(fields, 'lifecycle', 'preStop', 'sleep', 'seconds') ?? 0;
  const timeout = setting(fields, 'SHUTDOWN_TIMEOUT_MS', objects) ?? drained.SHUTDOWN_TIMEOUT_MS;
  const drain = setting(fields, 'SHUTDOWN_DRAIN_MS', objects) ?? drained.SHUTDOWN_DRAIN_MS;
  return before + Math.max(timeout, drain) / 1000;
}

/** A variable of a container in milliseconds, as it says itself or by a ConfigMap. */
function setting(fields: Container['fields'], name: string, objects: Subject['objects']): number | undefined {
  const own = listAt(fields, 'env').find((each) => textAt(each, 'name') === name);
  const maps = listAt(fields, 'envFrom').map((each) => textAt(each, 'configMapRef', 'name'));
  const shared = ofKind(objects, 'ConfigMap').find(
    (each) => maps.includes(each.name) && name in mapAt(each.fields, 'data'),
  );
  const text = textAt(own, 'value') ?? textAt(shared?.fields, 'data', name);
  return text === undefined ? undefined : Number(text);
}
