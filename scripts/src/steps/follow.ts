import type { Cluster } from '../adapters/cluster.ts';
import { connectCluster } from '../adapters/cluster.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { podTrouble } from '../core/observations.ts';
import { judge, type Outcome, type OutcomeFacts } from '../core/outcome.ts';
import { intentId, type Change, type Plan } from '../core/plan.ts';
import type { DeliveryRecord } from '../core/record.ts';
import type { Progress } from '../ui/index.ts';
import type { Landing } from './land.ts';
import type { Repository } from './repository.ts';

/** How long what looks verified or failed has to last before it counts, in milliseconds: both can be passing states. */
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
  let clusters: { argocd: Cluster; apps: Cluster } | undefined;
  let trouble = '';
  try {
    const { cluster, namespace } = config.argocd;
    clusters = {
      argocd: await connectCluster(cluster, namespace, remote.kubeconfig),
      apps: await connectCluster(environment.cluster, namespace, remote.kubeconfig),
    };
    await refresh(clusters.argocd, plan.environment, plan.changes);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    trouble = error.message;
  }
  const outcomes = plan.changes.map((change) =>
    clusters === undefined || trouble !== ''
      ? unknownOutcome(options.progress, change, trouble)
      : followOne(context, repository, landing, change, clusters, options),
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

async function refresh(argocd: Cluster, environment: string, changes: readonly Change[]): Promise<void> {
  const existing = await Promise.all(
    changes.map((change) => argocd.application(applicationName(change.app, environment))),
  );
  if (existing.includes(undefined)) await argocd.refreshApplicationSet('apps');
  await Promise.all(
    changes
      .filter((_, index) => existing[index] !== undefined)
      .map((change) => argocd.refreshApplication(applicationName(change.app, environment))),
  );
}

/** The Argo CD application of an app in an environment, as the ApplicationSet names it. */
export function applicationName(app: string, environment: string): string {
  return `${app}-${environment}`;
}

async function followOne(
  context: Context,
  repository: Repository,
  landing: Landing<Plan>,
  change: Change,
  clusters: { argocd: Cluster; apps: Cluster },
  { deadline, progress, lookEvery = 500 }: FollowOptions,
): Promise<Outcome> {
  const { environment } = landing.plan;
  const step = progress.step(`${change.app} in ${environment}`);
  const ends = context.clock.now().getTime() + deadline * 1000;
  const compare = createComparison(repository, landing, change.app);
  let settling: { state: Outcome['state']; since: number } | undefined;
  let last: Outcome = { state: 'progressing', reason: 'waiting' };
  let pods: OutcomeFacts['pods'] = [];
  for (;;) {
    try {
      const facts = await look(clusters, change, environment, compare);
      pods = facts.pods;
      last = judge(facts);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      last = { state: 'progressing', reason: error.message };
    }
    const now = context.clock.now().getTime();
    if (last.state !== settling?.state) settling = { state: last.state, since: now };
    const left = stableFor - (now - settling.since);
    const passing = last.state === 'verified' || last.state === 'failed';
    if (last.state === 'progressing') step.update(last.reason);
    else if (passing && left > 0) {
      const seen = last.state === 'verified' ? 'healthy' : last.reason;
      step.update(`${seen}, watching it for ${Math.ceil(left / 1000)} s`);
    } else {
      if (last.state === 'verified') step.done(last.reason);
      else step.fail(`${last.state}: ${last.reason}`);
      return last;
    }
    if (now >= ends) {
      const reason = `not verified after ${deadline} s: ${podTrouble(pods) ?? last.reason}`;
      step.fail(reason);
      return { state: 'timed-out', reason };
    }
    await context.clock.wait(lookEvery);
  }
}

/** Looks once at what an app is in its cluster; `compare` tells where the revision that Argo CD has synced stands. */
export async function look(
  clusters: { argocd: Cluster; apps: Cluster },
  change: Pick<Change, 'app' | 'release'>,
  environment: string,
  compare: (revision: string | undefined) => Promise<OutcomeFacts['synced']>,
): Promise<OutcomeFacts> {
  const { app, release } = change;
  const application = await clusters.argocd.application(applicationName(app, environment));
  const synced = application === undefined ? 'before' : await compare(application.status?.sync?.revision);
  const kind = release.strategy === 'rolling' ? 'Deployment' : 'Rollout';
  const [workload, pods, analysisRuns] = await Promise.all([
    clusters.apps.workload(release.namespace, kind, app),
    clusters.apps.pods(release.namespace, app),
    kind === 'Rollout' ? clusters.apps.analysisRuns(release.namespace) : [],
  ]);
  return { digest: release.digest, synced, application, workload, pods, analysisRuns };
}

/** Tells where a synced revision stands to a landing, by the bytes of the app's folder; asks Git once for each revision. */
function createComparison(
  repository: Repository,
  landing: Landing<Plan>,
  app: string,
): (revision: string | undefined) => Promise<OutcomeFacts['synced']> {
  const { git, remote } = repository;
  const known = new Map<string, OutcomeFacts['synced']>([[landing.commit, 'landed']]);
  async function find(revision: string): Promise<OutcomeFacts['synced']> {
    if ((await git.resolve(revision)) === undefined) await git.fetch(remote.name);
    if (!(await git.isAncestor(landing.commit, revision))) return 'before';
    const folders = await git.run(['rev-parse', `${landing.commit}:${app}`, `${revision}:${app}`], { nothrow: true });
    const [landed, synced] = folders.stdout.split('\n');
    return folders.code === 0 && landed === synced ? 'landed' : 'later';
  }
  return async (revision) => {
    if (revision === undefined || revision === '') return 'before';
    const found = known.get(revision) ?? (await find(revision));
    known.set(revision, found);
    return found;
  };
}

async function unknownOutcome(progress: Progress, change: Change, reason: string): Promise<Outcome> {
  progress.step(change.app).fail(`outcome unknown: ${reason}`);
  return { state: 'unknown', reason };
}
