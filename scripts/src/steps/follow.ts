import { connectCluster } from '../adapters/cluster.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import type { Outcome } from '../core/outcome.ts';
import { intentId, type Change, type Plan } from '../core/plan.ts';
import type { DeliveryRecord } from '../core/record.ts';
import type { Progress } from '../ui/index.ts';
import type { Landing } from './land.ts';
import { announce, watchRelease, watchRetirement, type Clusters, type Seen } from './look.ts';
import { preempt } from './preempt.ts';
import type { Repository } from './repository.ts';

/** How long what looks verified, retired or failed has to last before it counts, in milliseconds: both can be passing states. */
const stableFor = 10_000;

export interface FollowOptions {
  /** Seconds until an outcome that has not come counts as timed out. */
  deadline: number;
  progress: Progress;
  /** Milliseconds between two looks at the cluster; 500 unless said otherwise. */
  lookEvery?: number | undefined;
}

/** Has Argo CD take up a landing, waits for what becomes of each of its apps, and gives that as records. */
export async function follow(
  context: Context,
  repository: Repository,
  landing: Landing<Plan>,
  options: FollowOptions,
): Promise<DeliveryRecord[]> {
  const { config, git, remote } = repository;
  const { plan, commit } = landing;
  // Another process may have pushed it.
  if ((await git.resolve(commit)) === undefined) await git.fetch(remote.name);
  const environment = findEnvironment(config, plan.environment);
  const watch = plan.verb === 'retirement' ? watchRetirement(repository, plan) : watchRelease(repository, landing);
  let clusters: Clusters | undefined;
  let trouble = '';
  try {
    const { cluster, namespace } = config.argocd;
    clusters = {
      argocd: await connectCluster(cluster, namespace, remote.kubeconfig),
      apps: await connectCluster(environment.cluster, namespace, remote.kubeconfig),
    };
    if (plan.verb === 'rollback') {
      for (const line of await preempt(repository, clusters.argocd, landing)) options.progress.note(line);
    }
    await announce(clusters.argocd, plan);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    trouble = error.message;
  }
  const outcomes = plan.changes.map((change) =>
    clusters === undefined || trouble !== ''
      ? unknownOutcome(options.progress, change, trouble)
      : followOne(context, plan.environment, change, watch(clusters, change), options),
  );
  const settled = await Promise.all(outcomes);
  return plan.changes.map((change, index) => {
    const { state, reason, initial } = settled[index] as Outcome & { state: DeliveryRecord['outcome']['state'] };
    return {
      app: change.app,
      environment: plan.environment,
      release: change.release.release,
      digest: change.release.digest,
      tag: change.release.tag,
      verb: plan.verb,
      intent: intentId(plan),
      landing: commit,
      by: plan.by,
      ...(plan.overridden === undefined ? {} : { overridden: [...plan.overridden], why: plan.why }),
      at: context.clock.now().toISOString(),
      outcome: { state, reason, ...(initial === undefined ? {} : { initial }) },
    };
  });
}

async function followOne(
  context: Context,
  environment: string,
  change: Change,
  look: () => Promise<Seen>,
  { deadline, progress, lookEvery = 500 }: FollowOptions,
): Promise<Outcome> {
  const step = progress.step(`${change.app} in ${environment}`);
  const ends = context.clock.now().getTime() + deadline * 1000;
  let settling: { state: Outcome['state']; since: number } | undefined;
  let last: Outcome = { state: 'progressing', reason: 'waiting' };
  let trouble: string | undefined;
  for (;;) {
    try {
      ({ outcome: last, trouble } = await look());
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      last = { state: 'progressing', reason: error.message };
    }
    const now = context.clock.now().getTime();
    if (last.state !== settling?.state) settling = { state: last.state, since: now };
    const left = stableFor - (now - settling.since);
    const good = last.state === 'verified' || last.state === 'retired';
    const passing = good || last.state === 'failed';
    if (last.state === 'progressing') step.update(last.reason);
    else if (passing && left > 0) {
      const seen = last.state === 'verified' ? 'healthy' : last.reason;
      step.update(`${seen}, watching it for ${Math.ceil(left / 1000)} s`);
    } else {
      if (good) step.done(last.reason);
      else step.fail(`${last.state}: ${last.reason}`);
      return last;
    }
    if (now >= ends) {
      const reason = `no end after ${deadline} s: ${trouble ?? last.reason}`;
      step.fail(reason);
      return { state: 'timed-out', reason };
    }
    await context.clock.wait(lookEvery);
  }
}

async function unknownOutcome(progress: Progress, change: Change, reason: string): Promise<Outcome> {
  progress.step(change.app).fail(`outcome unknown: ${reason}`);
  return { state: 'unknown', reason };
}
