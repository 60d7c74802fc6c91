import { numberAt, ofKind } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const rolloutHistory: Policy = {
  id: 'rollout-history',
  requirements: ['K8S-13', 'STR-14', 'STR-1'],
  scope: 'apps',
  reason:
    'without a deadline a version that does not start is waited for in vain, and without a history there is nothing to go back to',
  fix: 'revisionHistoryLimit from 3 to 10, minReadySeconds above 0, and progressDeadlineSeconds above that',
  *check({ objects }) {
    for (const object of ofKind(objects, 'Deployment', 'Rollout')) {
      const [history, ready, deadline] = ['revisionHistoryLimit', 'minReadySeconds', 'progressDeadlineSeconds'].map(
        (key) => numberAt(object.fields, 'spec', key),
      );
      if (history === undefined || history < 3 || history > 10)
        yield {
          object,
          path: ['spec', 'revisionHistoryLimit'],
          message: `keeps ${history ?? 'an unsaid number of'} earlier versions`,
        };
      if (ready === undefined || ready < 1)
        yield { object, path: ['spec', 'minReadySeconds'], message: 'counts a pod as available at its first answer' };
      if (deadline === undefined || deadline <= (ready ?? 0))
        yield {
          object,
          path: ['spec', 'progressDeadlineSeconds'],
          message: `waits ${deadline ?? 'an unsaid number of'} seconds for progress`,
        };
    }
  },
};
