import type { Cluster } from '../adapters/cluster.ts';
import type { Context } from '../context.ts';
import { eventsSince } from '../core/diagnosis/events.ts';
import { UserError } from '../core/errors.ts';
import { judge, type OutcomeFacts } from '../core/outcome/index.ts';
import type { Plan } from '../core/plan.ts';
import { createComparison } from './compare-synced.ts';
import { explain } from './explain.ts';
import type { Landing } from './land.ts';
import { look, wantedBy, type Wanted, type Watch } from './look.ts';
import type { Repository } from './repository.ts';

/** Milliseconds for which events are not asked for again. */
const eventsLast = 10_000;

/** Looks at what Argo CD and the cluster have made of a release that landed. */
export function watchRelease(context: Context, repository: Repository, landing: Landing<Plan>): Watch {
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
