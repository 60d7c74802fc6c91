import { createGit, type Git } from '../adapters/git.ts';
import { findGitHub, readSettings } from '../adapters/remote.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { recordsBranch } from '../core/record.ts';
import { checkDeployBranch, releasesOf } from '../steps/check-deploy-branch.ts';
import { checkRecords } from '../steps/check-records.ts';
import { readConfig } from '../steps/config.ts';
import { createGitHubFacts } from '../steps/github-facts.ts';
import { openGitHub } from '../steps/open-writer.ts';
import { createRenderer } from '../steps/render.ts';
import { findRepository } from '../steps/repository.ts';
import { createSources, mainSnapshot } from '../steps/sources.ts';

export interface CheckOptions {
  ref: string;
  old: string;
  new: string;
  repository?: string | undefined;
  /** The change is only proposed: landing gates may be pending. */
  proposed?: boolean | undefined;
  json?: boolean | undefined;
}

const nothing = /^0+$/;

/** Decides whether a branch may move from one commit to another; prints every problem. Gives the exit code. */
export async function check(context: Context, options: CheckOptions): Promise<number> {
  const problems = await findProblems(context, options);
  if (options.json === true) context.stdout.write(`${JSON.stringify({ ref: options.ref, problems }, null, 2)}\n`);
  for (const problem of problems) context.stderr.write(`${options.ref}: ${problem}\n`);
  if (problems.length > 0) {
    if (!options.ref.endsWith('/main')) {
      context.stderr.write('Deploy branches are written by pnpm run deliver and pnpm run promote.\n');
    }
  }
  return problems.length === 0 ? exitCodes.done : exitCodes.failed;
}

async function findProblems(context: Context, options: CheckOptions): Promise<string[]> {
  const branch = options.ref.replace(/^refs\/heads\//, '');
  const { git, bare } =
    options.repository === undefined
      ? { ...(await findRepository(context)), bare: undefined }
      : { git: createGit(options.repository, context.env), bare: options.repository };
  await requireCommits(git, options);
  if (branch === 'main') return checkMain(git, options);
  if (nothing.test(options.new)) return ['a branch that environments or records live on is never deleted'];
  if (nothing.test(options.old)) {
    return ['this branch does not exist here; it is made when the remote is set up, not by a push'];
  }
  const commits = await chain(git, options.old, options.new);
  if (commits === undefined) {
    if (!(await git.isAncestor(options.old, options.new))) return ['only a fast-forward may move this branch'];
    // What another parent held would count as having been here.
    return ['a push is commits on the head of the branch, one after the other, without merges'];
  }
  if (branch === recordsBranch) {
    return (await Promise.all(commits.map(([parent, commit]) => checkRecords(git, parent, commit)))).flat();
  }

  const tip =
    (await git.resolve(bare === undefined ? 'refs/remotes/origin/main' : 'refs/heads/main')) ??
    (await git.resolve('main'));
  if (tip === undefined) return ['there is no main branch to check against'];
  const [main, settings] = await Promise.all([
    mainSnapshot(git, tip),
    bare === undefined ? { profile: undefined, registry: undefined } : readSettings(git, bare),
  ]);
  const config = await readConfig(main, settings);
  const environment = config.environments.find((each) => deployBranch(each.name) === branch);
  if (environment === undefined) {
    return [
      `no such branch: push to main, releases go to ${config.environments.map((each) => deployBranch(each.name)).join(', ')}`,
    ];
  }
  const refs = bare === undefined ? 'refs/remotes/origin' : 'refs/heads';
  const now = context.clock.now();
  // Whose hook this is has no GitHub behind it; a clone on GitHub calls it origin.
  const address = bare === undefined ? await findGitHub(git, context.env, 'origin') : undefined;
  const source = {
    git,
    remote: { name: 'origin' },
    github: address === undefined ? undefined : openGitHub(context, address),
    writes: false,
  };
  const common = {
    git,
    config,
    environment,
    main,
    refs,
    now,
    github: createGitHubFacts(source, environment.name),
    pipeline: address !== undefined,
    proposed: options.proposed,
  };
  const { render, ahead } = createRenderer(config, createSources(git));
  const steps = commits.map(([old, next]) => ({ ...common, old, new: next, render }));
  ahead((await Promise.all(steps.map(releasesOf))).flat());
  const problems = await Promise.all(steps.map(checkDeployBranch));
  return problems.flatMap((found, index) =>
    commits.length === 1 ? found : found.map((each) => `${commits[index]?.[1].slice(0, 12)}: ${each}`),
  );
}

/** UserError (exit 2) for an end of the move that is neither a commit here nor the zeros that Git gives for none. */
async function requireCommits(git: Git, options: Pick<CheckOptions, 'old' | 'new'>): Promise<void> {
  for (const name of ['old', 'new'] as const) {
    const value = options[name];
    const known = nothing.test(value) || (/^[0-9a-f]{40,64}$/.test(value) && (await git.resolve(value)) !== undefined);
    if (known) continue;
    throw new UserError(`--${name} ${JSON.stringify(value)} is no commit that this repository has`, {
      hint: 'git rev-parse gives the whole id of a commit; zeros stand for none',
      exit: 'usage',
    });
  }
}

/** Anything may come to main; what is there stays, since releases name its revisions. */
async function checkMain(git: Git, options: Pick<CheckOptions, 'old' | 'new'>): Promise<string[]> {
  if (nothing.test(options.new)) return ['main is never deleted: releases name its revisions'];
  if (nothing.test(options.old) || (await git.isAncestor(options.old, options.new))) return [];
  return ['only a fast-forward may move main: releases name its revisions. Take back what is wrong with git revert'];
}

/** Each commit of a push with the one before it, the oldest first; undefined where they are not one line. */
async function chain(git: Git, old: string, next: string): Promise<[parent: string, commit: string][] | undefined> {
  const found: [parent: string, commit: string][] = [];
  for (let commit = next; commit !== old;) {
    const [parent, ...others] = await git.parents(commit);
    if (parent === undefined || others.length > 0) return undefined;
    found.push([parent, commit]);
    commit = parent;
  }
  return found.toReversed();
}
