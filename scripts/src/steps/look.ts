import { connectCluster, type Cluster } from '../adapters/cluster.ts';
import { findEnvironment } from '../core/graph.ts';
import type { Outcome, OutcomeFacts, Standing, WorkloadFacts } from '../core/outcome/index.ts';
import { podSelector, wantedWorkloads, type WantedWorkload } from '../core/outcome/workload.ts';
import type { Change, Plan } from '../core/plan.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import type { Explanation } from './explain.ts';
import type { Repository } from './repository.ts';

/** Where Argo CD runs, and where the apps of an environment do. */
export interface Clusters {
  argocd: Cluster;
  apps: Cluster;
}

/** What one look gives. */
export interface Seen {
  outcome: Outcome;
  /** Finds out why it does not work out; undefined where nothing says. */
  explain?(): Promise<Explanation | undefined>;
}

/** Looks again and again at what becomes of one change; a look throws UserError where that cannot be found out. */
export type Watch = (clusters: Clusters, change: Change) => () => Promise<Seen>;

/** Throws UserError where one of them cannot be reached. */
export async function connectClusters({ config, remote }: Repository, environment: string): Promise<Clusters> {
  const { cluster, namespace } = config.argocd;
  const apps = findEnvironment(config, environment).cluster;
  return {
    argocd: await connectCluster(cluster, namespace, remote.kubeconfig),
    apps: await connectCluster(apps, namespace, remote.kubeconfig),
  };
}

/** What an app should be in its cluster. */
export interface Wanted {
  app: string;
  environment: string;
  workloads: readonly WantedWorkload[];
}

/** What manifests ask for; throws UserError where they cannot be read. */
export function wantedBy(release: Pick<ReleaseFile, 'app' | 'environment' | 'namespace'>, manifests: string): Wanted {
  const { app, environment, namespace } = release;
  return { app, environment, workloads: wantedWorkloads(manifests, namespace, `${app} in ${environment}`) };
}

/** The application set over the deploy branches, see argocd/applicationsets. */
const applicationSet = 'apps';

/** The Argo CD application of an app in an environment, as the ApplicationSet names it. */
export function applicationName(app: string, environment: string): string {
  return `${app}-${environment}`;
}

/** Has Argo CD look at Git now, instead of at its next turn. */
export async function announce(argocd: Cluster, { verb, environment, changes }: Plan): Promise<void> {
  const names = changes.map((change) => applicationName(change.app, environment));
  // Without this the set could make an application again, by what it read before it was deleted.
  if (verb === 'retirement') return argocd.refreshApplicationSet(applicationSet);
  const existing = await Promise.all(names.map((name) => argocd.application(name)));
  if (existing.includes(undefined)) await argocd.refreshApplicationSet(applicationSet);
  await Promise.all(
    names.filter((_, index) => existing[index] !== undefined).map((name) => argocd.refreshApplication(name)),
  );
}

/**
 * Looks once at what an app is in its cluster, but for events; `compare` tells where a revision stands. Throws UserError
 * where that cannot be found out.
 */
export async function look(
  { argocd, apps }: Clusters,
  { app, environment, workloads: wanted }: Wanted,
  compare: (revision: string | undefined) => Promise<Standing>,
): Promise<OutcomeFacts> {
  const application = await argocd.application(applicationName(app, environment));
  const status = application?.status;
  const operation = status?.operationState;
  const [compared, operated, workloads] = await Promise.all([
    compare(status?.sync?.revision),
    // One that could not even begin has no result.
    compare(operation?.syncResult?.revision ?? operation?.operation.sync?.revision),
    Promise.all(wanted.map((each) => lookAtWorkload(apps, each))),
  ]);
  return { application, compared, operated, workloads, events: [] };
}

async function lookAtWorkload(apps: Cluster, wanted: WantedWorkload): Promise<WorkloadFacts> {
  const { namespace, kind, name } = wanted;
  const live = await apps.workload(namespace, kind, name);
  const selector = podSelector(live);
  const [pods, analysisRuns] = await Promise.all([
    selector === undefined ? [] : apps.pods(namespace, selector),
    kind === 'Rollout' ? apps.analysisRuns(namespace) : [],
  ]);
  return { wanted, live, pods, analysisRuns };
}
