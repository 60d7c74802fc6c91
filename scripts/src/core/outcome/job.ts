import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import { firstLine } from '../text.ts';
import { applied, progressing, type Outcome } from './outcome.ts';

/** Verified when it is complete. */
export function judgeJob({ spec, status }: IJob): Outcome {
  const condition = (type: string) => status?.conditions?.find((each) => each.type === type && each.status === 'True');
  if (condition('Complete') !== undefined) return { state: 'verified', reason: 'complete' };
  const failed = condition('Failed');
  if (failed !== undefined) {
    return { state: 'failed', reason: `${failed.reason ?? 'Failed'}: ${firstLine(failed.message)}` };
  }
  if (spec?.suspend === true) return progressing('suspended');
  const { active = 0, succeeded = 0, failed: broken = 0 } = status ?? {};
  return progressing(`${succeeded} of ${spec?.completions ?? 1} pods complete, ${active} running, ${broken} failed`);
}

/** What it will do shows when its time has come, which nobody waits for. */
export function judgeCronJob({ spec }: ICronJob): Outcome {
  const when = spec?.schedule ?? '';
  return applied(spec?.suspend === true ? `suspended, else it runs at ${when}` : `it runs at ${when}`);
}
