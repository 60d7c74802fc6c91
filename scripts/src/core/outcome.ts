import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { ExitName } from './errors.ts';
import { describeRuns, firstLine, podTrouble } from './observations.ts';

/** What the cluster has made of one landing of one app so far. */
export interface Outcome {
  state: 'progressing' | 'verified' | 'retired' | 'failed' | 'aborted' | 'timed-out' | 'superseded' | 'unknown';
  /** In one line: what is going on, or on what the answer rests. */
  reason: string;
  /** A canary's very first release, which nothing could be compared with: no analysis ran. */
  initial?: boolean;
}

/** What is looked at to find an outcome; absent objects do not exist yet. */
export interface OutcomeFacts {
  /** The image digest that the landing asked for. */
  digest: string;
  /** Where the synced revision stands: before the landing, at its bytes for this app, or at later bytes for it. */
  synced: 'before' | 'landed' | 'later';
  application: IApplication | undefined;
  workload: IRollout | IDeployment | undefined;
  pods: readonly IPod[];
  analysisRuns: readonly IAnalysisRun[];
}

/** How each state ends a command. */
export const outcomeExits: Record<Outcome['state'], ExitName> = {
  progressing: 'unknown',
  verified: 'done',
  retired: 'done',
  failed: 'failed',
  aborted: 'failed',
  'timed-out': 'failed',
  superseded: 'superseded',
  unknown: 'unknown',
};

/** Judges what is there now. `verified` still has to last before it counts; the caller sees to that. */
export function judge(facts: OutcomeFacts): Outcome {
  const { application, workload, synced, pods } = facts;
  if (application === undefined) return progressing('waiting for Argo CD to create the application');
  if (synced === 'later') return { state: 'superseded', reason: 'a later landing for this app took its place' };
  const operation = application.status?.operationState;
  if (synced === 'before') {
    if (operation?.phase === 'Failed' || operation?.phase === 'Error') {
      return progressing(`Argo CD reports: ${firstLine(operation.message)}`);
    }
    return progressing('waiting for Argo CD to sync');
  }
  if (application.status?.sync?.status !== 'Synced' && operation?.phase === 'Failed') {
    return { state: 'failed', reason: `Argo CD could not sync: ${firstLine(operation.message)}` };
  }
  if (workload === undefined) return progressing('waiting for the workload to appear');

  const image = workload.spec?.template?.spec?.containers?.[0]?.image ?? '';
  if (!image.includes(facts.digest)) return progressing('waiting for the workload to take the new image');
  const outcome = workload.kind === 'Rollout' ? judgeRollout(workload, facts) : judgeDeployment(workload);
  if (outcome.state === 'progressing') return withPodTrouble(outcome, pods);
  if (outcome.state !== 'verified') return outcome;

  const other = pods.find((pod) => isRunning(pod) && !runs(pod, facts.digest));
  if (other !== undefined && !keepsOldPods(workload))
    return progressing(`pod ${other.metadata?.name ?? ''} still runs another image`);
  const health = application.status?.health?.status;
  if (health !== 'Healthy') return progressing(`Argo CD reports ${health ?? 'no health'}`);
  return outcome;
}

/** A blue-green Rollout keeps the old pods for a while on purpose: going back to them is only a switch. */
function keepsOldPods(workload: IRollout | IDeployment): boolean {
  return workload.kind === 'Rollout' && workload.spec?.strategy?.blueGreen !== undefined;
}

function judgeDeployment(deployment: IDeployment): Outcome {
  const wanted = deployment.spec?.replicas ?? 1;
  const status = deployment.status;
  if ((status?.observedGeneration ?? 0) < (deployment.metadata?.generation ?? 0)) {
    return progressing('waiting for the Deployment to be observed');
  }
  const stuck = status?.conditions?.find((each) => each.type === 'Progressing' && each.status === 'False');
  if (stuck !== undefined) return { state: 'failed', reason: `${stuck.reason ?? 'stuck'}: ${stuck.message ?? ''}` };
  const updated = status?.updatedReplicas ?? 0;
  const available = status?.availableReplicas ?? 0;
  if (updated < wanted || available < wanted || (status?.replicas ?? 0) > updated) {
    return progressing(`${updated} of ${wanted} pods updated, ${available} available`);
  }
  return { state: 'verified', reason: `${wanted} of ${wanted} pods updated and available` };
}

function judgeRollout(rollout: IRollout, facts: OutcomeFacts): Outcome {
  const { status, metadata } = rollout;
  if (Number(status?.observedGeneration ?? 0) < (metadata?.generation ?? 0)) {
    return progressing('waiting for the Rollout to be observed');
  }
  const hash = status?.currentPodHash ?? '';
  const runs = facts.analysisRuns.filter((run) => run.metadata?.labels?.['rollouts-pod-template-hash'] === hash);
  const inconclusive = (status?.pauseConditions ?? []).some((each) => each.reason === 'InconclusiveAnalysisRun');
  if (inconclusive) {
    return { state: 'unknown', reason: `analysis was inconclusive: ${describeRuns(runs, 'Inconclusive')}` };
  }
  if (status?.abort === true) {
    return {
      state: 'aborted',
      reason: describeRuns(runs, 'Failed', 'Error') || firstLine(status.message) || 'aborted by hand',
    };
  }
  if (status?.phase === 'Degraded') return { state: 'failed', reason: firstLine(status.message) };
  const wanted = rollout.spec?.replicas ?? 1;
  const updated = status?.updatedReplicas ?? 0;
  const active = status?.blueGreen?.activeSelector ?? hash;
  if (status?.phase !== 'Healthy' || status.stableRS !== hash || active !== hash || updated < wanted) {
    return progressing(describeProgress(rollout, runs));
  }
  const initial = metadata?.annotations?.['rollout.argoproj.io/revision'] === '1';
  const judged = runs.length === 0 ? 'no analysis ran' : describeRuns(runs, 'Successful');
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
  const parts = [firstLine(status?.message) || (status?.phase ?? 'starting')];
  if (weight !== undefined) parts.push(`canary takes ${weight} %`);
  if (steps > 0) parts.push(`step ${Math.min((status?.currentStepIndex ?? 0) + 1, steps)} of ${steps}`);
  const analysis = describeRuns(runs, 'Running', 'Successful');
  if (analysis !== '') parts.push(analysis);
  return parts.join(', ');
}

function withPodTrouble(outcome: Outcome, pods: readonly IPod[]): Outcome {
  const trouble = podTrouble(pods);
  return trouble === undefined ? outcome : { ...outcome, reason: `${outcome.reason}; ${trouble}` };
}

function isRunning(pod: IPod): boolean {
  return pod.metadata?.deletionTimestamp === undefined && pod.status?.phase === 'Running';
}

function runs(pod: IPod, digest: string): boolean {
  return (pod.spec?.containers ?? []).some((each) => each.image?.includes(digest) === true);
}

function progressing(reason: string): Outcome {
  return { state: 'progressing', reason };
}
