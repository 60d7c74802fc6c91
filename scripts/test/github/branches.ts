import { matchesGlob } from 'node:path';
import { settlePulls } from './pulls.ts';
import { refuse } from './refusal.ts';
import { emit, type State, type Token } from './state.ts';

export type Change = 'create' | 'update' | 'delete';

const why: Record<Change, string> = {
  create: 'Cannot create ref due to creations being restricted.',
  update: 'Cannot update this protected ref.',
  delete: 'Cannot delete this protected ref.',
};

/** What the rulesets say against it, in GitHub's words; undefined where they let it pass. */
export function ruleAgainst(state: State, login: string, branch: string, change: Change): string | undefined {
  const broken = state.rulesets.some(
    ({ branches, bypass }) => branches.some((pattern) => matchesGlob(branch, pattern)) && !bypass.includes(login),
  );
  return broken ? `Repository rule violations found\n\n${why[change]}\n\n` : undefined;
}

/**
 * Moves a branch from one commit to another; undefined stands for none. Answers false where it is no longer where it was.
 * Throws the refusal of a ruleset.
 */
export async function moveBranch(
  state: State,
  token: Token,
  branch: string,
  from: string | undefined,
  to: string | undefined,
): Promise<boolean> {
  const change = from === undefined ? 'create' : to === undefined ? 'delete' : 'update';
  const broken = ruleAgainst(state, token.actor.login, branch, change);
  if (broken !== undefined) throw refuse(422, broken);
  if (!(await state.bare.update(`refs/heads/${branch}`, to, from))) return false;
  if (change !== 'update') emit(state, token, { event: change, branch });
  if (change !== 'delete') emit(state, token, { event: 'push', branch });
  await settlePulls(state, token);
  return true;
}
