import type { Cluster } from '../adapters/cluster.ts';
import { deployBranch } from '../core/branch-state.ts';
import { podTrouble } from '../core/observations.ts';
import { judge, type Outcome, type OutcomeFacts } from '../core/outcome.ts';
import type { Change, Plan } from '../core/plan.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { judgeRetirement } from '../core/retirement.ts';
import { createComparison } from './compare-synced.ts';
import type { Landing } from './land.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** Where Argo CD runs, and where the apps of an environment do. */
export interface Clusters {
  argocd: Cluster;
  apps: Cluster;
}

/** What one look gives. */
export interface Seen {
  outcome: Outcome;
  /** What keeps it from going on, where a pod says so. */
  trouble?: string | undefined;
}

/** Looks again and again at what becomes of one change. */
type Watch = (clusters: Clusters, change: Change) => () => Promise<Seen>;

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

/** Looks once at what an app is in its cluster; `compare` tells where the revision that Argo CD has synced stands. */
export async function look(
  clusters: Clusters,
  { app, release }: Pick<Change, 'app' | 'release'>,
  environment: string,
  compare: (revision: string | undefined) => Promise<OutcomeFacts['synced']>,
): Promise<OutcomeFacts> {
  const application = await clusters.argocd.application(applicationName(app, environment));
  const synced = application === undefined ? 'before' : await compare(application.status?.sync?.revision);
  const kind = workloadKind(release);
  const [workload, pods, analysisRuns] = await Promise.all([
    clusters.apps.workload(release.namespace, kind, app),
    clusters.apps.pods(release.namespace, app),
    kind === 'Rollout' ? clusters.apps.analysisRuns(release.namespace) : [],
  ]);
  return { digest: release.digest, synced, application, workload, pods, analysisRuns };
}

/** Looks at what Argo CD and the cluster make of a release that has landed. */
export function watchRelease(repository: Repository, landing: Landing<Plan>): Watch {
  return (clusters, change) => {
    const compare = createComparison(repository, landing, change.app);
    return async () => {
      const facts = await look(clusters, change, landing.plan.environment, compare);
      return { outcome: judge(facts), trouble: podTrouble(facts.pods) };
    };
  };
}

/**
 * Has Argo CD delete the application of a retired app with all that it manages, and looks whether that is gone. Nothing
 * else deletes one: the application set only makes and changes applications, so that none goes where it finds too little.
 */
export function watchRetirement({ git, remote }: Repository, { environment }: Plan): Watch {
  return ({ argocd, apps }, { app, release }) =>
    async () => {
      const name = applicationName(app, environment);
      const application = await argocd.application(name);
      let back = false;
      if (application !== undefined && application.metadata?.deletionTimestamp === undefined) {
        await git.fetch(remote.name);
        back = (await git.objectId(`${remoteRefs(remote)}/${deployBranch(environment)}:${app}`)) !== undefined;
        if (!back) await argocd.deleteApplication(name);
      }
      const kind = workloadKind(release);
      const found = await apps.workload(release.namespace, kind, app);
      const workload = found === undefined ? undefined : `${kind}/${app} in ${release.namespace}`;
      return { outcome: judgeRetirement({ back, application, workload }) };
    };
}

function workloadKind({ strategy }: Pick<ReleaseFile, 'strategy'>): 'Deployment' | 'Rollout' {
  return strategy === 'rolling' ? 'Deployment' : 'Rollout';
}
