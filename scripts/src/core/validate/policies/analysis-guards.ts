import { at, listAt, ofKind, textAt } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const analysisGuards: Policy = {
  id: 'analysis-guards',
  requirements: ['STR-8', 'E3', 'E4'],
  scope: 'apps',
  reason: 'a query without traffic gives nothing or NaN, and by default a single bad sample ends a delivery',
  fix: 'guard the conditions with len(result) > 0 and !isNaN(result[0]), and set failureLimit and count',
  *check({ objects }) {
    for (const object of ofKind(objects, 'AnalysisTemplate', 'ClusterAnalysisTemplate')) {
      for (const [index, metric] of listAt(object.fields, 'spec', 'metrics').entries()) {
        if (textAt(metric, 'provider', 'prometheus', 'query') === undefined) continue;
        const path = ['spec', 'metrics', index];
        const name = textAt(metric, 'name');
        for (const key of ['successCondition', 'failureCondition']) {
          const condition = textAt(metric, key);
          const guarded =
            condition === undefined || (condition.includes('len(result)') && condition.includes('isNaN('));
          if (!guarded)
            yield { object, path: [...path, key], message: `metric ${name} judges an empty answer like any other` };
        }
        for (const key of ['failureLimit', 'count']) {
          if (at(metric, [key]) === undefined)
            yield { object, path: [...path, key], message: `metric ${name} has no ${key}` };
        }
      }
    }
  },
};
