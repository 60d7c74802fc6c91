import type { Identity } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import type { Writing } from '../core/plan.ts';
import type { Repository } from './repository.ts';

export interface Landing<Planned> {
  /** The plan that landed: the one given, or the one made again after a lost race. */
  plan: Planned;
  commit: string;
}

/** A race is lost to someone who won it, so many in a row mean that something else is wrong. */
export const attempts = 50;

/**
 * Lands a plan on its deploy branch by compare-and-swap: one commit on the head that it was made on, pushed without force.
 * Where the branch has moved, `replan` makes the plan again on the new head; undefined from it means that nothing is left to do.
 * Throws UserError where the remote refuses, with what it said.
 */
export async function land<Planned>(
  context: Context,
  { git, remote, writer }: Pick<Repository, 'git' | 'remote' | 'writer'>,
  by: Identity,
  first: Planned,
  write: (plan: Planned) => Writing,
  replan: () => Promise<Planned | undefined>,
): Promise<Landing<Planned> | undefined> {
  let plan: Planned | undefined = first;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (plan === undefined) return undefined;
    const { environment, ...writing } = write(plan);
    const at = Math.floor(context.clock.now().getTime() / 1000);
    const written = await writer.write(deployBranch(environment), { ...writing, by, at });
    if (written.state === 'landed') return { plan, commit: written.commit };
    if (written.state === 'refused') {
      throw new UserError(`${remote.name} refused the landing on ${deployBranch(environment)}: ${written.reason}`);
    }
    await git.fetch(remote.name);
    plan = await replan();
  }
  throw new UserError(
    `${deployBranch(write(first).environment)} moved ${attempts} times while this was landing; nothing was written`,
    {
      hint: 'try again',
      exit: 'superseded',
    },
  );
}
