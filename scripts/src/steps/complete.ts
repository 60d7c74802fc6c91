import type { Context } from '../context.ts';
import { planOf, type Change, type PlanBasis } from '../core/plan.ts';
import type { PlannedChange } from '../core/promotion.ts';
import { recordsOf } from '../core/record.ts';
import { findEnvironment } from '../core/graph.ts';
import type { Planned } from './apply.ts';
import { judgeChange } from './judge.ts';
import { renderRelease } from './render.ts';
import { createSources, readRecords, remoteRefs, type Repository } from './repository.ts';

/** Renders changes, has the gates judge them, and makes one plan of them; none where there is no change. */
export async function completePlan(
  context: Context,
  repository: Repository,
  basis: PlanBasis,
  planned: readonly PlannedChange[],
): Promise<Planned> {
  const { git, remote, config } = repository;
  const { verb, by, target, allowed } = basis;
  if (planned.length === 0) return { plan: undefined, target };
  const environment = findEnvironment(config, target.environment);
  const apps = planned.map(({ app }) => app);
  const records = await readRecords(git, config, apps, remoteRefs(remote));
  const sources = createSources(git);
  const changes = await Promise.all(
    planned.map(async (change): Promise<Change> => {
      const { app, release, previous } = change;
      const before = target.manifests.get(app);
      const manifests = await renderRelease(config, release, sources, before);
      const verdicts = await judgeChange(git, {
        app,
        verb,
        environment,
        by,
        release,
        previous,
        records: recordsOf(records, app),
        policy: target.policy,
        now: context.clock.now(),
        allowed: new Set(allowed),
        manifests: { before, after: manifests },
      });
      return { ...change, manifests, verdicts };
    }),
  );
  return { plan: planOf(basis, changes), target };
}
