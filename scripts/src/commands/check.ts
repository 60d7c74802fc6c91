import { createGit } from '../adapters/git.ts';
import { readSettings } from '../adapters/remote.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { exitCodes } from '../core/errors.ts';
import { recordsBranch } from '../core/record.ts';
import { checkDeployBranch } from '../steps/check-deploy-branch.ts';
import { checkRecords } from '../steps/check-records.ts';
import { findRepository, mainSnapshot, readConfig } from '../steps/repository.ts';

export interface CheckOptions {
  ref: string;
  old: string;
  new: string;
  repository?: string | undefined;
  json?: boolean | undefined;
}

const nothing = /^0+$/;

/** Decides whether a branch may move from one commit to another; prints every problem. Gives the exit code. */
export async function check(context: Context, options: CheckOptions): Promise<number> {
  const problems = await findProblems(context, options);
  if (options.json === true) context.stdout.write(`${JSON.stringify({ ref: options.ref, problems }, null, 2)}\n`);
  for (const problem of problems) context.stderr.write(`${options.ref}: ${problem}\n`);
  if (problems.length > 0) {
    context.stderr.write('Deploy branches are written by pnpm run deliver and pnpm run promote.\n');
  }
  return problems.length === 0 ? exitCodes.done : exitCodes.failed;
}

async function findProblems(context: Context, options: CheckOptions): Promise<string[]> {
  const branch = options.ref.replace(/^refs\/heads\//, '');
  if (branch === 'main') return [];
  const { git, bare } =
    options.repository === undefined
      ? { ...(await findRepository(context)), bare: undefined }
      : { git: createGit(options.repository, context.env), bare: options.repository };
  if (nothing.test(options.new)) return ['a branch that environments or records live on is never deleted'];
  if (nothing.test(options.old)) {
    return ['this branch does not exist here; it is made when the remote is set up, not by a push'];
  }
  if (!(await git.isAncestor(options.old, options.new))) return ['only a fast-forward may move this branch'];
  const made = (await git.run(['rev-list', '--parents', `${options.old}..${options.new}`])).stdout.trim();
  // What a commit in between held would count as having been there.
  if (made !== `${options.new} ${options.old}`) return ['a push is exactly one commit on the head of the branch'];
  if (branch === recordsBranch) return checkRecords(git, options.old, options.new);

  const tip =
    (await git.resolve(bare === undefined ? 'refs/remotes/origin/main' : 'refs/heads/main')) ??
    (await git.resolve('main'));
  if (tip === undefined) return ['there is no main branch to check against'];
  const main = await mainSnapshot(git, tip);
  const settings = bare === undefined ? { profile: undefined, registry: undefined } : await readSettings(git, bare);
  const config = await readConfig(main, settings);
  const environment = config.environments.find((each) => deployBranch(each.name) === branch);
  if (environment === undefined) {
    return [
      `no such branch: push to main, releases go to ${config.environments.map((each) => deployBranch(each.name)).join(', ')}`,
    ];
  }
  const refs = bare === undefined ? 'refs/remotes/origin' : 'refs/heads';
  const now = context.clock.now();
  return checkDeployBranch({ git, config, environment, main, refs, old: options.old, new: options.new, now });
}
