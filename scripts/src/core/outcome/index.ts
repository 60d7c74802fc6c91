import { diagnose } from '../diagnosis/index.ts';
import { applicationProblem, syncFailure } from '../diagnosis/sync.ts';
import { judgeDaemonSet } from './daemon-set.ts';
import { judgeDeployment } from './deployment.ts';
import type { OutcomeFacts, WorkloadFacts } from './facts.ts';
import { judgeCronJob, judgeJob } from './job.ts';
import { applied, progressing, type Outcome } from './outcome.ts';
import { judgeRollout } from './rollout.ts';
import { judgeStatefulSet } from './stateful-set.ts';
import { isUnobserved, liveImages, podImages, runsAll, type Workload } from './workload.ts';

export type { OutcomeFacts, Standing, WorkloadFacts } from './facts.ts';
export type { Outcome } from './outcome.ts';

/** Judges what is there now. `verified` still has to last before it counts; the caller sees to that. */
export function judge(facts: OutcomeFacts): Outcome {
  const { application, compared, workloads } = facts;
  if (application === undefined) return progressing('waiting for Argo CD to create the application');
  if (compared === 'later') return { state: 'superseded', reason: 'a later landing for this app took its place' };
  const status = application.status;
  if (compared === 'before') return waiting('to sync', application);
  const synced = status?.sync?.status === 'Synced';
  const own = facts.operated === 'landed';
  const failure = synced || !own ? undefined : syncFailure(application);
  if (failure !== undefined) return { state: 'failed', reason: failure.reason };

  const lasting = workloads.filter(({ wanted }) => wanted.hook !== true);
  const outcome = combine(lasting.map((each) => ({ ...each, outcome: judgeWorkload(each) })));
  if (outcome.state === 'progressing') {
    const reason = runningHook(workloads) ?? outcome.reason;
    const trouble = diagnose(facts);
    return progressing(trouble === undefined ? reason : `${reason}; ${trouble.reason}`);
  }
  // Until it was applied, a workload of the same image says what became of what ran before.
  const isApplied = synced || (own && status?.operationState?.phase === 'Succeeded');
  if (!isApplied) return waiting('to end its sync', application);
  if (outcome.state !== 'verified') return outcome;
  const health = status?.health?.status;
  if (outcome.applied !== true && health !== 'Healthy') return progressing(`Argo CD reports ${health ?? 'no health'}`);
  return outcome;
}

function waiting(what: string, application: NonNullable<OutcomeFacts['application']>): Outcome {
  const problem = applicationProblem(application);
  return progressing(problem === undefined ? `waiting for Argo CD ${what}` : `Argo CD reports ${problem}`);
}

/** The Job among the hooks that keeps the sync from going on. */
function runningHook(workloads: readonly WorkloadFacts[]): string | undefined {
  for (const { wanted, live } of workloads) {
    if (wanted.hook !== true || live?.kind !== 'Job' || !runsAll(wanted.images, liveImages(live))) continue;
    const { state, reason } = judgeJob(live);
    if (state !== 'verified') return `Argo CD waits for Job ${wanted.name}: ${reason}`;
  }
  return undefined;
}

const gravity: readonly Outcome['state'][] = ['aborted', 'failed', 'unknown', 'progressing', 'verified'];

/** The outcome of an app from those of its workloads: the gravest one decides. */
function combine(judged: readonly (WorkloadFacts & { outcome: Outcome })[]): Outcome {
  const state = gravity.find((each) => judged.some(({ outcome }) => outcome.state === each));
  if (state === undefined) return applied('nothing in it runs');
  const deciding = judged.filter(({ outcome }) => outcome.state === state);
  const [first] = deciding;
  if (judged.length === 1 && first !== undefined) return first.outcome;
  return {
    state,
    reason: deciding.map(({ wanted, outcome }) => `${wanted.kind} ${wanted.name}: ${outcome.reason}`).join('; '),
    ...(judged.some(({ outcome }) => outcome.initial === true) ? { initial: true } : {}),
    ...(judged.every(({ outcome }) => outcome.applied === true) ? { applied: true } : {}),
  };
}

function judgeWorkload({ wanted, live, pods, analysisRuns }: WorkloadFacts): Outcome {
  if (live === undefined) return progressing(`waiting for the ${wanted.kind} to appear`);
  if (!runsAll(wanted.images, liveImages(live))) {
    return progressing(`waiting for the ${wanted.kind} to take the new image`);
  }
  if (live.kind === 'CronJob') return judgeCronJob(live);
  if (live.kind === 'Job') return judgeJob(live);
  if (isUnobserved(live)) return progressing(`waiting for the ${wanted.kind} to be observed`);
  if (live.kind !== 'DaemonSet' && live.spec?.replicas === 0) return applied('it is scaled to zero');
  const outcome = judgeRunning(live, analysisRuns);
  if (outcome.state !== 'verified' || keepsOldPods(live)) return outcome;
  const other = pods.find(
    (pod) =>
      pod.metadata?.deletionTimestamp === undefined &&
      pod.status?.phase === 'Running' &&
      !runsAll(wanted.images, podImages(pod)),
  );
  return other === undefined ? outcome : progressing(`pod ${other.metadata?.name ?? ''} still runs another image`);
}

function judgeRunning(
  live: Exclude<Workload, { kind: 'Job' | 'CronJob' }>,
  runs: WorkloadFacts['analysisRuns'],
): Outcome {
  if (live.kind === 'Rollout') return judgeRollout(live, runs);
  if (live.kind === 'Deployment') return judgeDeployment(live);
  return live.kind === 'StatefulSet' ? judgeStatefulSet(live) : judgeDaemonSet(live);
}

/** A blue-green Rollout keeps the old pods for a while on purpose: going back to them is only a switch. */
function keepsOldPods(workload: Workload): boolean {
  return workload.kind === 'Rollout' && workload.spec?.strategy?.blueGreen !== undefined;
}
