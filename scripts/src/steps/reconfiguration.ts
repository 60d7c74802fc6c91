import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { allowances } from '../core/plan.ts';
import { planReconfiguration as planChange } from '../core/promotion.ts';
import type { Planned } from './apply.ts';
import { completePlan } from './complete.ts';
import { planEach } from './plan-each.ts';
import { branchState } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';
import { createSources } from './sources.ts';

export interface ReconfigurationRequest {
  /** By name; every app with an overlay edit that waits where none is named. */
  apps: readonly string[];
  environment: string;
  by: string;
  allowDeletion?: boolean | undefined;
}

/**
 * Plans to apply the overlays at the tip of main to what an environment runs, the releases staying as they are.
 * Throws one UserError that lists every app that cannot be planned; else verdicts of gates are part of the plan.
 */
export async function planReconfiguration(
  context: Context,
  repository: Repository,
  { apps, environment: name, by, allowDeletion }: ReconfigurationRequest,
): Promise<Planned> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const environment = findEnvironment(config, name);
  const target = await branchState(git, name, refs, apps.length > 0 ? apps : undefined);
  const chosen =
    apps.length > 0 ? [...new Set(apps)] : Object.keys(config.apps).filter((app) => target.releases.has(app));
  const sources = createSources(git);
  const allowed = allowances({ allowDeletion });
  const basis = { verb: 'reconfiguration', target, configuredBy: main.revision, by, allowed } as const;
  return planEach(
    name,
    chosen,
    async (app) => {
      findApp(config, app);
      const running = target.releases.get(app);
      if (running === undefined) {
        throw new UserError(`${app} has no release in ${name} whose overlay could be applied`, {
          hint: `pnpm run status ${app} shows where it runs`,
        });
      }
      const tip = await sources(main.revision, app);
      return planChange({ environment, app, main: tip, candidate: running, target });
    },
    (planned) => completePlan(context, repository, basis, planned),
  );
}
