import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { allowances, type Change } from '../core/plan.ts';
import { withoutApprovals } from '../core/policy.ts';
import { planReconfiguration as planChange } from '../core/promotion.ts';
import type { Planned } from './apply.ts';
import { judgeChange } from './judge.ts';
import { recordsOf } from './promotion.ts';
import { renderRelease } from './render.ts';
import { branchState, createSources, readRecords, remoteRefs, type Repository } from './repository.ts';

export interface ReconfigurationRequest {
  /** By name; every app with an overlay edit that waits where none is named. */
  apps: readonly string[];
  environment: string;
  by: string;
  allowDeletion?: boolean | undefined;
}

/** Plans to apply the overlays at the tip of main to what an environment runs, the releases staying as they are. */
export async function planReconfiguration(
  context: Context,
  repository: Repository,
  { apps, environment: name, by, allowDeletion }: ReconfigurationRequest,
): Promise<Planned> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const environment = findEnvironment(config, name);
  const target = await branchState(git, name, refs);
  for (const app of apps) findApp(config, app);
  const chosen =
    apps.length > 0 ? [...new Set(apps)] : Object.keys(config.apps).filter((app) => target.releases.has(app));
  const records = await readRecords(git, config, chosen, refs);
  const sources = createSources(git, main);
  const allowed = allowances({ allowDeletion });
  const changes: Change[] = [];
  for (const app of chosen) {
    const running = target.releases.get(app);
    if (running === undefined) throw new UserError(`${app} has no release in ${name} whose overlay could be applied`);
    const planned = planChange({ environment, app, main, candidate: running, target });
    if (planned === undefined) continue;
    const { release } = planned;
    const before = target.manifests.get(app);
    const manifests = await renderRelease(config, release, sources, before);
    const verdicts = await judgeChange(git, {
      app,
      verb: 'reconfiguration',
      environment,
      by,
      release,
      previous: running,
      records: recordsOf(records, app),
      policy: target.policy,
      now: context.clock.now(),
      allowed: new Set(allowed),
      manifests: { before, after: manifests },
    });
    changes.push({ ...planned, manifests, verdicts });
  }
  if (changes.length === 0) return { plan: undefined, target };
  return {
    plan: {
      verb: 'reconfiguration',
      environment: name,
      head: target.head,
      configuredBy: main.revision,
      by,
      changes,
      ...(allowed.length === 0 ? {} : { allowed }),
      ...(target.policy.approvals.length === 0
        ? {}
        : {
            policy: withoutApprovals(
              target.policy,
              changes.map((each) => each.app),
            ),
          }),
    },
    target,
  };
}
