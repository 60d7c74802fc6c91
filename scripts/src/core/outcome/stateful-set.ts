import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import { progressing, type Outcome } from './outcome.ts';

/** Verified when its current revision is its update revision and every pod is available. */
export function judgeStatefulSet({ spec, status }: IStatefulSet): Outcome {
  const wanted = spec?.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  const available = status?.availableReplicas ?? 0;
  const count = `${updated} of ${wanted} pods updated, ${available} available`;
  if (status?.currentRevision !== status?.updateRevision) {
    const { type, rollingUpdate } = spec?.updateStrategy ?? {};
    if (type === 'OnDelete') return progressing(`${count}; it takes new pods only when somebody deletes the old`);
    const partition = rollingUpdate?.partition ?? 0;
    return progressing(partition === 0 ? count : `${count}; its partition keeps ${partition} pods as they were`);
  }
  if (updated < wanted || available < wanted) return progressing(count);
  return { state: 'verified', reason: `${wanted} of ${wanted} pods updated and available` };
}
