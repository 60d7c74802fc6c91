import { at, numberAt, textAt } from '../fields.ts';
import { podSpecs } from '../pod-specs.ts';
import type { Policy } from '../policy.ts';

/** https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ */
const wanted = [
  'concurrencyPolicy',
  'startingDeadlineSeconds',
  'timeZone',
  'successfulJobsHistoryLimit',
  'failedJobsHistoryLimit',
];

/** Five fields of a cron pattern, or one of its names. */
const schedule =
  /^(@(yearly|annually|monthly|weekly|daily|midnight|hourly)|([\d*,/-]|[A-Z]{3})+( ([\d*,/?LW#-]|[A-Za-z]{3})+){4})$/;

export const jobs: Policy = {
  id: 'jobs',
  requirements: ['K8S-21', 'D75'],
  scope: 'apps',
  reason: 'a job that nothing bounds runs twice at once, is tried again without end, or is silently skipped for good',
  fix: 'a CronJob says concurrencyPolicy, startingDeadlineSeconds, timeZone and both history limits; a Job says backoffLimit and activeDeadlineSeconds',
  *check({ objects }) {
    for (const { object, path } of podSpecs(objects)) {
      if (object.kind === 'CronJob') {
        for (const key of wanted)
          if (at(object.fields, ['spec', key]) === undefined)
            yield { object, path: ['spec', key], message: `says nothing of ${key}` };
        const when = textAt(object.fields, 'spec', 'schedule') ?? '';
        if (!schedule.test(when))
          yield { object, path: ['spec', 'schedule'], message: `runs at "${when}", which is no schedule` };
      }
      if (object.kind !== 'CronJob' && object.kind !== 'Job') continue;
      // The spec of the Job holds the template.
      const spec = path.slice(0, -2);
      for (const key of ['backoffLimit', 'activeDeadlineSeconds']) {
        if (numberAt(object.fields, ...spec, key) === undefined)
          yield { object, path: [...spec, key], message: `says nothing of ${key}` };
      }
    }
  },
};
