import { isFieldsOf, listAt, mapAt, ofKind, at } from '../fields.ts';
import type { Policy } from '../policy.ts';

export const quotaLimitRange: Policy = {
  id: 'quota-limit-range',
  requirements: ['QUO-3', 'QUO-4'],
  scope: 'both',
  reason: 'under a quota of requests or limits a pod that states none is refused, such as one for debugging',
  fix: 'ship a LimitRange with default and defaultRequest in the same namespace',
  *check({ objects, platform }) {
    const ranges = ofKind([...objects, ...platform], 'LimitRange');
    for (const object of ofKind(objects, 'ResourceQuota')) {
      const key = Object.keys(mapAt(object.fields, 'spec', 'hard')).find((each) =>
        /^((requests|limits)\.)?(cpu|memory)$/.test(each),
      );
      const filled = ranges.some(
        ({ namespace, fields }) =>
          namespace === object.namespace &&
          listAt(fields, 'spec', 'limits').some(
            (each) => isFieldsOf(at(each, ['defaultRequest'])) || isFieldsOf(at(each, ['default'])),
          ),
      );
      if (key !== undefined && !filled)
        yield { object, path: ['spec', 'hard', key], message: `limits ${key}, and no LimitRange fills it in` };
    }
  },
};
