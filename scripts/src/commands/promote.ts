import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { blockers, type Plan } from '../core/plan.ts';
import { planPromotion } from '../core/promotion.ts';
import { readWorkspace } from '../core/workspace.ts';
import { finish } from '../steps/finish.ts';
import { land } from '../steps/land.ts';
import { renderRelease } from '../steps/render.ts';
import {
  branchState,
  createSources,
  mainSnapshot,
  openRepository,
  readConfig,
  readIdentity,
  readRecords,
  remoteRefs,
  type Repository,
} from '../steps/repository.ts';
import { describePlan, planJson } from '../ui/index.ts';

export interface PromoteOptions {
  to: string;
  remote?: string | undefined;
  dryRun?: boolean | undefined;
  wait: boolean;
  deadline: number;
  json?: boolean | undefined;
}

/** Promotes an app's release to an environment: plan, print, land, follow, record. Gives the exit code. */
export async function promote(context: Context, app: string, options: PromoteOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  findApp(repository.config, app);
  findEnvironment(repository.config, options.to);
  await refuseDirty(repository);
  const identity = await readIdentity(repository.git);
  const by = `${identity.name} <${identity.email}>`;

  let manifests: ReadonlyMap<string, string> = new Map();
  async function makePlan(current: Repository): Promise<Plan | undefined> {
    const made = await plan(current, app, options.to, by);
    manifests = made.manifests;
    return made.plan;
  }
  const first = await makePlan(repository);
  if (first === undefined) {
    context.stderr.write(`${options.to} already runs what the environment before runs of ${app}: nothing to do\n`);
    if (options.json === true) context.stdout.write('null\n');
    return exitCodes.nothing;
  }
  context.stderr.write(describePlan(first, manifests));
  if (options.json === true && options.dryRun === true) {
    context.stdout.write(`${JSON.stringify(planJson(first), null, 2)}\n`);
  }
  refuseBlocked(first);
  if (options.dryRun === true) return exitCodes.done;

  const landing = await land(context, repository, identity, first, async () => {
    const again = await makePlan(await reopen(repository));
    if (again === undefined) return undefined;
    context.stderr.write(`the branch has moved; planned again:\n${describePlan(again, manifests)}`);
    refuseBlocked(again);
    return again;
  });
  if (landing === undefined) {
    context.stderr.write('someone else has just landed the same: nothing to do\n');
    return exitCodes.nothing;
  }
  return finish(context, repository, identity, landing, options);
}

async function plan(
  repository: Repository,
  app: string,
  to: string,
  by: string,
): Promise<{ plan: Plan | undefined; manifests: ReadonlyMap<string, string> }> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const environment = findEnvironment(config, to);
  const from = environment.after[0];
  if (from === undefined) {
    throw new UserError(`${to} is where delivery lands; nothing can be promoted to it`, {
      hint: `git push ${remote.name} main`,
      exit: 'usage',
    });
  }
  const [source, target, records] = await Promise.all([
    branchState(git, from, refs),
    branchState(git, to, refs),
    readRecords(git, config, [app], refs),
  ]);
  const change = planPromotion({
    config,
    environment,
    app,
    main,
    workspace: readWorkspace(main),
    source,
    target,
    records,
  });
  if (change === undefined) return { plan: undefined, manifests: target.manifests };
  const manifests = await renderRelease(config, change.release, createSources(git, main), target.manifests.get(app));
  return {
    plan: {
      verb: 'promotion',
      environment: to,
      head: target.head,
      configuredBy: main.revision,
      by,
      changes: [{ ...change, manifests }],
    },
    manifests: target.manifests,
  };
}

/** The same repository after a fetch: main may have moved as well. */
async function reopen(repository: Repository): Promise<Repository> {
  const revision = (await repository.git.resolve(`${remoteRefs(repository.remote)}/main`)) ?? repository.main.revision;
  if (revision === repository.main.revision) return repository;
  const main = await mainSnapshot(repository.git, revision);
  return { ...repository, main, config: readConfig(main, repository.remote) };
}

/** Uncommitted edits would not be promoted, and whoever has them usually thinks that they would. */
async function refuseDirty({ git, folder }: Repository): Promise<void> {
  const { stdout } = await git.run([
    'status',
    '--porcelain',
    '--untracked-files=no',
    '--',
    'apps',
    'services',
    'packages',
    'gitops.config.yaml',
  ]);
  const files = stdout.split('\n').filter((line) => line !== '');
  if (files.length === 0) return;
  throw new UserError(
    `${folder} has uncommitted changes, which no promotion can contain: ${files.map((line) => line.slice(3)).join(', ')}`,
    {
      hint: 'commit and push them, or set them aside with git stash',
      exit: 'usage',
    },
  );
}

function refuseBlocked(plan: Plan): void {
  const blocked = blockers(plan);
  if (blocked.length === 0) return;
  const lines = blocked.map(
    ({ app, verdict }) => `${app}: gate ${verdict.gate} says ${verdict.state}: ${verdict.evidence}`,
  );
  throw new UserError(`nothing was landed on ${plan.environment}\n  ${lines.join('\n  ')}`, {
    hint: blocked
      .map(({ verdict }) => verdict.next)
      .filter((next) => next !== undefined)
      .join('\n'),
    exit: 'blocked',
  });
}
