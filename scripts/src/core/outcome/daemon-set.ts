import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import { applied, progressing, type Outcome } from './outcome.ts';

/** Verified when its pod is updated and available on every node that should have one. */
export function judgeDaemonSet({ spec, status }: IDaemonSet): Outcome {
  const wanted = status?.desiredNumberScheduled ?? 0;
  if (wanted === 0) return applied('no node should run it');
  const updated = status?.updatedNumberScheduled ?? 0;
  const available = status?.numberAvailable ?? 0;
  const count = `${updated} of ${wanted} nodes updated, ${available} available`;
  if (updated < wanted && spec?.updateStrategy?.type === 'OnDelete') {
    return progressing(`${count}; it takes new pods only when somebody deletes the old`);
  }
  if (updated < wanted || available < wanted) return progressing(count);
  return { state: 'verified', reason: `${wanted} of ${wanted} nodes updated and available` };
}
