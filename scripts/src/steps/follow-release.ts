import { connectCluster, type Cluster } from '../adapters/cluster.ts';
import type { Context } from '../context.ts';
import { eventsSince } from '../core/diagnosis/events.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { judge, type Outcome, type OutcomeFacts } from '../core/outcome/index.ts';
import type { Change, Plan } from '../core/plan.ts';
import { createComparison } from './compare-synced.ts';
import { explain, type Explanation } from './explain.ts';
import type { Landing } from './land.ts';
import { look, wantedBy, type Clusters, type Wanted } from './look.ts';
import type { Repository } from './repository.ts';

/** Throws UserError where one of them cannot be reached. */
export async function connectClusters({ config, remote }: Repository, environment: string): Promise<Clusters> {
  const { cluster, namespace } = config.argocd;
  const apps = findEnvironment(config, environment).cluster;
  return {
    argocd: await connectCluster(cluster, namespace, remote.kubeconfig),
    apps: await connectCluster(apps, namespace, remote.kubeconfig),
  };
}

/** Milliseconds for which events are not asked for again. */
const eventsLast = 10_000;

/** What one look gives. */
export interface Observed {
  outcome: Outcome;
  /** Finds out why it does not work out; undefined where nothing says. */
  explain(): Promise<Explanation | undefined>;
}

/** Looks again and again at what becomes of one change; a look throws UserError where that cannot be found out. */
export type Observe = (clusters: Clusters, change: Change) => () => Promise<Observed>;

/** Looks at what Argo CD and the cluster have made of a release that landed. */
export function observeRelease(context: Context, repository: Repository, landing: Landing<Plan>): Observe {
  return (clusters, { app, release, manifests }) => {
    const compare = createComparison(repository, landing, app);
    const readEvents = createEventReader(context, repository, landing, clusters.apps);
    let wanted: Wanted | undefined;
    return async () => {
      wanted ??= wantedBy(release, manifests);
      const [seen, events] = await Promise.all([
        look(clusters, wanted, compare),
        readEvents(wanted.workloads.map((each) => each.namespace)),
      ]);
      const facts = { ...seen, events };
      return { outcome: judge(facts), explain: () => explain(clusters.apps, facts, manifests) };
    };
  };
}

/** Reads what went wrong since a landing, now and then; nothing where that may not be read, since it only explains. */
function createEventReader(
  context: Context,
  { git }: Repository,
  landing: Landing<Plan>,
  apps: Cluster,
): (namespaces: readonly string[]) => Promise<OutcomeFacts['events']> {
  let events: OutcomeFacts['events'] = [];
  let asked = Number.NEGATIVE_INFINITY;
  return async (namespaces) => {
    const now = context.clock.now().getTime();
    if (now - asked < eventsLast) return events;
    asked = now;
    try {
      const found = await Promise.all([...new Set(namespaces)].map((each) => apps.warnings(each)));
      events = eventsSince(found.flat(), await git.committedAt(landing.commit));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
    return events;
  };
}
