import type { Git } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { applyPlan, type ApplyOptions } from '../steps/apply.ts';
import { planPromotions, type PromotionRequest } from '../steps/promotion.ts';
import { openToChange } from '../steps/repository.ts';

export interface PromoteOptions extends Omit<PromotionRequest, 'apps'>, Omit<ApplyOptions, 'request'> {
  /** Every app whose inputs on main differ from those at this revision. */
  changedSince?: string | undefined;
  remote?: string | undefined;
}

/** Promotes releases to an environment as one landing. Gives the exit code. */
export async function promote(context: Context, apps: readonly string[], options: PromoteOptions): Promise<number> {
  const { repository, identity, by } = await openToChange(context, options.remote);
  findEnvironment(repository.config, options.to);
  const { changedSince } = options;
  // The pipeline has another HEAD.
  const since = changedSince === undefined ? undefined : await commitOf(repository.git, changedSince);
  const asked = { ...options, changedSince: since };
  const what = apps.length > 0 ? apps.join(', ') : 'every app';
  return applyPlan(
    context,
    repository,
    identity,
    (current) => planPromotions(context, current, { ...asked, apps, look: true }, by),
    `${options.to} already runs what the environment before runs of ${what} (pnpm run reconfigure applies overlay edits)`,
    { ...options, request: { command: 'promote', apps, environment: options.to, options: asked } },
  );
}

/** The commit that a revision is; throws UserError (exit 2) where there is none. */
async function commitOf(git: Git, revision: string): Promise<string> {
  const commit = await git.resolve(revision);
  if (commit !== undefined) return commit;
  throw new UserError(`there is no revision "${revision}"`, {
    hint: 'git log --oneline shows them; one that was not pushed is only where it was made',
    exit: 'usage',
  });
}
