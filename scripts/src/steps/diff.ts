import type { Context } from '../context.ts';
import { deployBranch, type BranchState } from '../core/branch-state.ts';
import type { CompareOptions } from '../core/diff/compare.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { findRelease } from './find-release.ts';
import { planPromotions } from './promotion.ts';
import { branchState, stateAt } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** One rendering of an app; nothing where the app is not there. */
export interface Side {
  tag: string | null;
  manifests: string;
}

export interface Comparison {
  app: string;
  /** Where the two are from, for messages. */
  where: string;
  before: Side;
  after: Side;
  namespaces?: CompareOptions['namespaces'];
}

export interface PromotionSides {
  to: string;
  from?: string | undefined;
  release?: string | undefined;
}

/** What an environment runs, and what a promotion would make of it; of every app that differs where none is named. */
export async function promotionSides(
  context: Context,
  repository: Repository,
  apps: readonly string[],
  asked: PromotionSides,
): Promise<Comparison[]> {
  const { plan, target } = await planPromotions(context, repository, { ...asked, apps, all: apps.length === 0 }, '');
  return (plan?.changes ?? []).map(({ app, release, manifests }) => ({
    app,
    where: `${app} in ${asked.to}`,
    before: sideOf(target, app),
    after: { tag: release.tag, manifests },
  }));
}

/** What two environments run now; of every app of either where none is named. */
export async function environmentSides(
  { git, remote, config }: Repository,
  apps: readonly string[],
  { env, against }: { env: string; against: string },
): Promise<Comparison[]> {
  const [after, before] = await Promise.all(
    [env, against].map((name) => branchState(git, findEnvironment(config, name).name, remoteRefs(remote))),
  );
  if (after === undefined || before === undefined) return [];
  return appsOf(apps, [before, after]).map((app) => ({
    app,
    where: `${app} in ${against} or ${env}`,
    before: sideOf(before, app),
    after: sideOf(after, app),
    namespaces: {
      before: before.releases.get(app)?.namespace ?? '',
      after: after.releases.get(app)?.namespace ?? '',
    },
  }));
}

/** What an environment ran at a commit of its branch, or with an earlier release of an app, and what it runs now. */
export async function pastSides(
  repository: Repository,
  apps: readonly string[],
  { env, since }: { env: string; since: string },
): Promise<Comparison[]> {
  const { git, remote, config } = repository;
  const refs = remoteRefs(remote);
  const after = await branchState(git, findEnvironment(config, env).name, refs);

  const commit = await git.resolve(since);
  if (commit !== undefined && (await git.isAncestor(commit, after.head))) {
    const before = await stateAt(git, env, commit);
    return appsOf(apps, [before, after]).map((app) => ({
      app,
      where: `${app} in ${env}`,
      before: sideOf(before, app),
      after: sideOf(after, app),
    }));
  }
  if (apps.length === 0) {
    throw new UserError(`"${since}" is no commit of ${deployBranch(env)}`, {
      hint: `git log ${remote.name}/${deployBranch(env)} shows its commits; for a release name the app: pnpm run diff <app> --env ${env} --since ${since}`,
      exit: 'usage',
    });
  }
  return Promise.all(
    apps.map(async (app) => {
      const past = await findRelease(git, refs, env, app, since);
      return {
        app,
        where: `${app} in ${env}`,
        before: sideOf(await stateAt(git, env, past.commit), app),
        after: sideOf(after, app),
      };
    }),
  );
}

/** The named apps, or all that are in one of the states; throws UserError for one that is in none. */
function appsOf(named: readonly string[], states: readonly BranchState[]): string[] {
  const there = new Set(states.flatMap((each) => [...each.manifests.keys()]));
  const missing = named.find((each) => !there.has(each));
  if (missing === undefined) return named.length > 0 ? [...new Set(named)] : [...there].toSorted();
  const environments = [...new Set(states.map((each) => each.environment))].join(' or ');
  throw new UserError(`${missing} has no release in ${environments}, so there is nothing to compare`, {
    hint: 'pnpm run status shows where it is; git push delivers it to the first environment',
    exit: 'usage',
  });
}

function sideOf(state: BranchState, app: string): Side {
  return { tag: state.releases.get(app)?.tag ?? null, manifests: state.manifests.get(app) ?? '' };
}
