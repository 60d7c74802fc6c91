import { makeFirstCommits } from '../adapters/first-commits.ts';
import type { Git } from '../adapters/git.ts';
import type { Identity } from '../core/identity.ts';
import type { Remote } from '../adapters/remote.ts';
import type { Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { firstCommits } from '../core/first-commit.ts';
import { branchState, findHead } from './branches.ts';

/** A branch that the scripts write, and whether the remote has it. */
export interface Begun {
  branch: string;
  there: boolean;
}

interface Where {
  git: Git;
  remote: Pick<Remote, 'name'>;
}

/** The branches that environments and records need, as the remote had them when fetched. */
export async function branchesOf({ git, remote }: Where, { environments }: Config): Promise<Begun[]> {
  const found: Begun[] = [];
  for (const branch of firstCommits(environments.map(({ name }) => name)).keys()) {
    const head = await git.resolve(`refs/remotes/${remote.name}/${branch}`);
    found.push({ branch, there: head !== undefined });
  }
  return found;
}

/**
 * Refuses deploy branches that say that images of another registry run: they came along with a copy, or are the history of
 * a repository that has moved. Which of the two, only people know.
 */
export async function refuseForeign(
  { git, remote }: Where,
  config: Config,
  registry: { was: string; is: string },
): Promise<void> {
  const refs = `refs/remotes/${remote.name}`;
  const found: string[] = [];
  const branches: string[] = [];
  for (const { name } of config.environments) {
    const branch = `deploy/${name}`;
    if ((await findHead(git, name, refs)) === undefined) continue;
    const { releases } = await branchState(git, name, refs);
    const foreign = [...releases].filter(([, { image }]) => !image.startsWith(`${registry.is}/`));
    found.push(...foreign.map(([app, { image }]) => `${branch} runs ${app} from ${image}`));
    if (foreign.length > 0) branches.push(branch);
  }
  if (found.length === 0) return;
  throw new UserError(
    `${remote.name} has deploy branches whose images are not in ${registry.is}:\n  ${found.join('\n  ')}`,
    {
      hint: [
        `if this repository has moved, they are its history, so keep its registry for now: pnpm run init --registry ${registry.was}`,
        `if this is a copy, they came along and are somebody else's; remove them: git push ${remote.name} --delete ${branches.join(' ')}`,
      ].join('\n'),
    },
  );
}

/** Gives the remote the branches that it lacks, one commit each; what somebody has made meanwhile stays. Throws UserError where it refuses one. */
export async function beginBranches(
  { git, remote }: Where,
  { environments }: Config,
  { branches, by, at }: { branches: readonly Begun[]; by: Identity; at: number },
): Promise<void> {
  const there = branches.filter((each) => each.there).map(({ branch }) => branch);
  const commits = await makeFirstCommits(
    git,
    environments.map(({ name }) => name),
    { by, at, there },
  );
  for (const [branch, commit] of commits) {
    const pushed = await git.replace(remote.name, branch, commit, undefined);
    if (!('reason' in pushed)) continue;
    throw new UserError(`${remote.name} did not take the branch ${branch}: ${pushed.reason}`, {
      hint: 'somebody who may push there has to run it; rules for deploy/* and delivery-records come after it (docs/your-own.md)',
    });
  }
}
