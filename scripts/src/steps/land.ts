import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import type { Writing } from '../core/plan.ts';
import { requireGuard } from './guard.ts';
import type { Repository } from './repository.ts';

export interface Landing<Planned> {
  /** The plan that landed: the one given, or the one made again after a lost race. */
  plan: Planned;
  commit: string;
}

/**
 * How often a write is tried whose branch has moved. A race is lost to someone who won it, so many in a row mean that
 * something else is wrong; on GitHub each takes a second.
 */
export function mostAttempts({ github }: Pick<Repository, 'github'>): number {
  return github === undefined ? 50 : 15;
}

/**
 * Lands a plan on its deploy branch by compare-and-swap: one commit on the head that it was made on, pushed without force.
 * Where the branch has moved, `replan` makes the plan again on the new head; undefined from it means that nothing is left to do.
 * Where the remote refuses it is made again once, since a gate may have closed that it then names. Throws UserError where the
 * remote refuses that as well, with what it said.
 */
export async function land<Planned>(
  context: Context,
  repository: Repository,
  by: Identity,
  first: Planned,
  write: (plan: Planned) => Writing,
  replan: () => Promise<Planned | undefined>,
): Promise<Landing<Planned> | undefined> {
  const { git, remote, github, writer } = repository;
  const most = mostAttempts(repository);
  let plan: Planned | undefined = first;
  let refused = false;
  for (let attempt = 1; attempt <= most; attempt++) {
    if (plan === undefined) return undefined;
    const { environment, ...writing } = write(plan);
    const at = Math.floor(context.clock.now().getTime() / 1000);
    const request = { ...writing, by, at };
    // A remote of one's own runs the guard itself, as its hook.
    if (github !== undefined) await requireGuard(context, repository, environment, request);
    const written = await writer.write(deployBranch(environment), request);
    if (written.state === 'landed') return { plan, commit: written.commit };
    if (written.state === 'refused' && refused) {
      throw new UserError(`${remote.name} refused the landing on ${deployBranch(environment)}: ${written.reason}`, {
        hint: 'nothing was written; mend what it names, then try again',
      });
    }
    refused ||= written.state === 'refused';
    await git.fetch(remote.name);
    plan = await replan();
  }
  throw new UserError(
    `${deployBranch(write(first).environment)} moved ${most} times while this was landing; nothing was written`,
    {
      hint: 'try again',
      exit: 'superseded',
    },
  );
}
