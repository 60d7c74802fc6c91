import type { Context } from '../context.ts';
import { planOf, type Change, type PlanBasis } from '../core/plan.ts';
import type { PlannedChange } from '../core/promotion.ts';
import { recordsOf } from '../core/record.ts';
import { findEnvironment } from '../core/graph.ts';
import type { Planned } from './apply.ts';
import { createGitHubFacts } from './github-facts.ts';
import { judgeChange } from './judge.ts';
import { renderReleases } from './render.ts';
import { readObservations, readRecords } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';
import { createSources } from './sources.ts';
import { watchReleases, type Watching } from './watch.ts';

/**
 * Renders changes, has the gates judge them, and makes one plan of them; none where there is no change. A soak is judged
 * by what `watching` finds out.
 */
export async function completePlan(
  context: Context,
  repository: Repository,
  basis: PlanBasis,
  planned: readonly PlannedChange[],
  watching: Watching = {},
): Promise<Planned> {
  const { git, remote, config, main } = repository;
  const { verb, by, target, allowed, overridden } = basis;
  if (planned.length === 0) return { plan: undefined, target };
  const environment = findEnvironment(config, target.environment);
  const apps = planned.map(({ app }) => app);
  const refs = remoteRefs(remote);
  const promotes = verb === 'promotion' || verb === 'override';
  const releases = new Map(planned.map(({ app, release }) => [app, release.release]));
  const wanted = planned.map(({ app, release }) => ({ release, replaced: target.manifests.get(app) }));
  const [rendered, records, observations, watches] = await Promise.all([
    renderReleases(config, wanted, createSources(git)),
    readRecords(git, config, apps, refs),
    promotes ? readObservations(git, config, apps, refs) : [],
    promotes ? watchReleases(context, repository, environment, releases, watching) : undefined,
  ]);
  const github = createGitHubFacts(repository, environment.name);
  const changes = await Promise.all(
    planned.map(async (change, index): Promise<Change> => {
      const { app, release, previous } = change;
      const before = target.manifests.get(app);
      const watch = watches?.get(app);
      const known = observations.filter((each) => each.app === app);
      const manifests = rendered[index] ?? '';
      const verdicts = await judgeChange(
        { git, main, refs: remoteRefs(remote), github },
        {
          app,
          verb,
          environment,
          by,
          release,
          previous,
          records: recordsOf(records, app),
          observations: [...known, ...(watch?.seen ?? [])],
          running: watch?.running,
          policy: target.policy,
          now: context.clock.now(),
          allowed: new Set(allowed),
          overridden: new Set(overridden),
          manifests: { before, after: manifests },
        },
      );
      return { ...change, manifests, verdicts };
    }),
  );
  return { plan: planOf(basis, changes), target, seen: [...(watches?.values() ?? [])].flatMap(({ worth }) => worth) };
}
