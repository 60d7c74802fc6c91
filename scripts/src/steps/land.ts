import type { Identity } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import { commitMessage, planFiles, type Plan } from '../core/plan.ts';
import type { Repository } from './repository.ts';

export interface Landing {
  /** The plan that landed: the one given, or the one made again after a lost race. */
  plan: Plan;
  commit: string;
}

/** A race is lost to someone who won it, so many in a row mean that something else is wrong. */
const attempts = 50;

/**
 * Lands a plan on its deploy branch by compare-and-swap: one commit on the head that it was made on, pushed without force.
 * Where the branch has moved, `replan` makes the plan again on the new head; undefined from it means that nothing is left to do.
 * Throws UserError where the remote refuses, with what it said.
 */
export async function land(
  context: Context,
  repository: Repository,
  by: Identity,
  first: Plan,
  replan: () => Promise<Plan | undefined>,
): Promise<Landing | undefined> {
  const { git, remote } = repository;
  let plan: Plan | undefined = first;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (plan === undefined) return undefined;
    const at = Math.floor(context.clock.now().getTime() / 1000);
    const commit = await git.commit({ head: plan.head, files: planFiles(plan), message: commitMessage(plan), by, at });
    const pushed = await git.push(remote.name, commit, deployBranch(plan.environment));
    if (pushed.state === 'landed') return { plan, commit };
    if (pushed.state === 'refused') {
      throw new UserError(`${remote.name} refused the landing on ${deployBranch(plan.environment)}: ${pushed.reason}`);
    }
    await git.fetch(remote.name);
    plan = await replan();
  }
  throw new UserError(
    `${deployBranch(first.environment)} moved ${attempts} times while this was landing; nothing was written`,
    {
      hint: 'try again',
      exit: 'superseded',
    },
  );
}
