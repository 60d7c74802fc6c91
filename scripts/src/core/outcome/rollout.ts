import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import { describeRuns } from '../diagnosis/analysis.ts';
import { firstLine } from '../text.ts';
import { progressing, type Outcome } from './outcome.ts';

/**
 * Verified when it is Healthy at this pod template; a blue-green one when its new pods are the active and the stable
 * ones and what was analysed after the switch has passed. `runs` may be of any version.
 */
export function judgeRollout(rollout: IRollout, runs: readonly IAnalysisRun[]): Outcome {
  const { status, metadata } = rollout;
  const hash = status?.currentPodHash ?? '';
  const own = runs.filter((run) => run.metadata?.labels?.['rollouts-pod-template-hash'] === hash);
  const inconclusive = (status?.pauseConditions ?? []).some((each) => each.reason === 'InconclusiveAnalysisRun');
  if (inconclusive) {
    return { state: 'unknown', reason: `analysis was inconclusive: ${describeRuns(own, 'Inconclusive')}` };
  }
  if (status?.abort === true) {
    return {
      state: 'aborted',
      reason: describeRuns(own, 'Failed', 'Error') || firstLine(status.message) || 'aborted by hand',
    };
  }
  if (status?.phase === 'Degraded') return { state: 'failed', reason: firstLine(status.message) };
  const wanted = rollout.spec?.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  const active = status?.blueGreen?.activeSelector ?? hash;
  const after = status?.blueGreen?.postPromotionAnalysisRunStatus?.status ?? 'Successful';
  const arrived = status?.stableRS === hash && active === hash && after === 'Successful';
  if (status?.phase !== 'Healthy' || !arrived || updated < wanted) return progressing(describeProgress(rollout, own));
  const initial = metadata?.annotations?.['rollout.argoproj.io/revision'] === '1';
  const judged = own.length === 0 ? 'no analysis ran' : describeRuns(own, 'Successful');
  return {
    state: 'verified',
    reason: `${updated} of ${wanted} pods updated; ${initial ? 'the first release, no analysis ran' : judged}`,
    ...(initial ? { initial } : {}),
  };
}

function describeProgress(rollout: IRollout, runs: readonly IAnalysisRun[]): string {
  const { status } = rollout;
  const steps = rollout.spec?.strategy?.canary?.steps?.length ?? 0;
  const weight = status?.canary?.weights?.canary?.weight;
  const parts = [describePause(rollout) ?? (firstLine(status?.message) || (status?.phase ?? 'starting'))];
  if (weight !== undefined) parts.push(`canary takes ${weight} %`);
  if (steps > 0) parts.push(`step ${Math.min((status?.currentStepIndex ?? 0) + 1, steps)} of ${steps}`);
  const analysis = describeRuns(runs, 'Running', 'Successful');
  if (analysis !== '') parts.push(analysis);
  return parts.join(', ');
}

/** How long the Rollout has paused by itself, or that a person is to say how it goes on; undefined where it does not pause. */
function describePause({ metadata, spec, status }: IRollout): string | undefined {
  const reasons = (status?.pauseConditions ?? []).map(({ reason }) => reason);
  const isStep = reasons.includes('CanaryPauseStep');
  if (!isStep && !reasons.includes('BlueGreenPause')) return undefined;
  const { blueGreen, canary } = spec?.strategy ?? {};
  const duration = isStep
    ? canary?.steps?.[status?.currentStepIndex ?? 0]?.pause?.duration
    : blueGreen?.autoPromotionSeconds;
  if (duration !== undefined) return `paused for ${withUnit(duration)}${isStep ? '' : ' before the switch'}`;
  const command = (verb: string): string => `kubectl argo rollouts ${verb} ${metadata?.name} -n ${metadata?.namespace}`;
  return `waits for a person: ${command('promote')} goes on, ${command('abort')} takes it back`;
}

/** Durations without a unit are seconds. */
function withUnit(duration: string | number): string {
  return /\d$/.test(String(duration)) ? `${duration} s` : String(duration);
}
