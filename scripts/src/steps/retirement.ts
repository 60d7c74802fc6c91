import type { Git } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { changedObjects } from '../core/changed-objects.ts';
import type { Config } from '../core/config.ts';
import { findEnvironment } from '../core/graph.ts';
import { allowances, planOf, type Change } from '../core/plan.ts';
import { requireRetirable } from '../core/retirement.ts';
import type { Planned } from './apply.ts';
import { createGitHubFacts } from './github-facts.ts';
import { judgeChange } from './judge.ts';
import { branchState } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';

export interface RetirementRequest {
  app: string;
  environment: string;
  by: string;
  reason?: string | undefined;
  /** Environments that the app leaves with the same command, later ones before earlier ones. */
  going?: readonly string[] | undefined;
  /** Also where objects go that keep data. */
  deleteData?: boolean | undefined;
}

/**
 * Plans to take an app out of an environment with every object that it has there; nothing to do where it is not there.
 * Throws UserError where a later environment still runs it, or the next delivery would bring it back.
 */
export async function planRetirement(
  context: Context,
  repository: Repository,
  { app, environment: name, by, reason, going = [], deleteData }: RetirementRequest,
): Promise<Planned> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const environment = findEnvironment(config, name);
  const target = await branchState(git, name, refs, [app]);
  const running = target.releases.get(app);
  if (running === undefined) return { plan: undefined, target };
  const staying = (await environmentsWith(git, config, refs, app)).difference(new Set(going));
  requireRetirable(config, environment, app, staying);
  const { intent: _, ...release } = running;
  const allowed = allowances({ allowDeletion: deleteData });
  const verdicts = await judgeChange(
    { git, main, refs, github: createGitHubFacts(repository, name) },
    {
      app,
      verb: 'retirement',
      environment,
      by,
      release,
      previous: running,
      records: [],
      policy: target.policy,
      now: context.clock.now(),
      allowed: new Set(allowed),
      manifests: { before: target.manifests.get(app), after: '' },
    },
  );
  const { removed } = changedObjects(target.manifests.get(app) ?? '', '');
  const change: Change = {
    app,
    release,
    previous: running,
    manifests: '',
    verdicts,
    reason: 'to be retired',
    removed,
  };
  const basis = { verb: 'retirement', target, configuredBy: main.revision, by, allowed } as const;
  return { plan: { ...planOf(basis, [change]), why: reason }, target };
}

/** The environments whose branch has an app's folder. */
export async function environmentsWith(git: Git, config: Config, refs: string, app: string): Promise<Set<string>> {
  const names = config.environments.map(({ name }) => name);
  const folders = await Promise.all(names.map((name) => git.objectId(`${refs}/${deployBranch(name)}:${app}`)));
  return new Set(names.filter((_, index) => folders[index] !== undefined));
}
