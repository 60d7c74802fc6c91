import { at, isFieldsOf, ofKind, textAt, shown } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const surge: Policy = {
  id: 'surge',
  requirements: ['STR-1', 'STR-11'],
  scope: 'apps',
  reason: 'a delivery that stops old pods before new ones are ready takes capacity from the requests of production',
  fix: 'rollingUpdate: {maxSurge: 25%, maxUnavailable: 0}',
  *check({ environment, objects }) {
    if (environment?.production !== true) return;
    for (const object of ofKind(objects, 'Deployment', 'Rollout')) {
      const strategy = at(object.fields, ['spec', 'strategy']);
      // A blue-green switch, and a canary that the router weighs, keep all stable pods until the end.
      if (
        textAt(strategy, 'type') === 'Recreate' ||
        isFieldsOf(at(strategy, ['blueGreen'])) ||
        isFieldsOf(at(strategy, ['canary', 'trafficRouting']))
      )
        continue;
      const holder = isFieldsOf(at(strategy, ['canary'])) ? 'canary' : 'rollingUpdate';
      const lost = at(strategy, [holder, 'maxUnavailable']) ?? '25%';
      if (Number.parseFloat(shown(lost)) !== 0)
        yield {
          object,
          path: ['spec', 'strategy', holder, 'maxUnavailable'],
          message: `lets ${shown(lost)} of the pods go during a delivery in ${environment.name}`,
        };
    }
  },
};
