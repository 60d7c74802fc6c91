import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import { firstLine } from '../text.ts';
import { progressing, type Outcome } from './outcome.ts';

/** Verified when every pod is updated and available and none is left of the version before. */
export function judgeDeployment({ spec, status }: IDeployment): Outcome {
  const wanted = spec?.replicas ?? 1;
  const stuck = status?.conditions?.find((each) => each.type === 'Progressing' && each.status === 'False');
  if (stuck !== undefined)
    return { state: 'failed', reason: `${stuck.reason ?? 'stuck'}: ${firstLine(stuck.message)}` };
  const updated = status?.updatedReplicas ?? 0;
  const available = status?.availableReplicas ?? 0;
  if (updated < wanted || available < wanted || (status?.replicas ?? 0) > updated) {
    return progressing(`${updated} of ${wanted} pods updated, ${available} available`);
  }
  return { state: 'verified', reason: `${wanted} of ${wanted} pods updated and available` };
}
