import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../temporary.ts';
import { openBare, type Bare } from './bare.ts';
import { startGitHub, type GitHub } from './github.ts';

const run = promisify(execFile);

/** A GitHub with the branches main and deploy/prod, both at the same commit, and a client of it. */
export interface Lab {
  github: GitHub;
  folder: string;
  bare: Bare;
  where: { owner: string; repo: string };
  octokit: Octokit;
  /** A client that has another token. */
  client(token: string | undefined): Octokit;
  head(branch: string): Promise<string>;
  /** Commits to a branch as somebody would with git; makes it, at main, where it does not exist. */
  commit(branch: string, files?: Record<string, string>): Promise<string>;
  git(...args: string[]): Promise<string>;
}

export async function openLab(options: { now?: () => Date; stop?: boolean } = {}): Promise<Lab> {
  const folder = join(await temporaryFolder(), 'remote.git');
  await run('git', ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', folder]);
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', ['--git-dir', folder, ...args])).stdout.trim();
  const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.invalid'];
  const tree = await git('hash-object', '-w', '-t', 'tree', '/dev/null');
  const first = await git(...identity, 'commit-tree', '-m', 'Start', tree);
  for (const branch of ['main', 'deploy/prod']) await git('update-ref', `refs/heads/${branch}`, first);
  const github = await startGitHub(folder, options.now === undefined ? {} : { now: options.now });
  if (options.stop !== false) onTestFinished(github.stop);
  const bare = openBare(folder);
  // What the client says of failures is not read by anybody.
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const client = (token: string | undefined): Octokit =>
    new Octokit({ baseUrl: github.url, log, ...(token === undefined ? {} : { auth: token }) });
  const head = async (branch: string): Promise<string> => git('rev-parse', `refs/heads/${branch}`);
  return {
    github,
    folder,
    bare,
    git,
    head,
    where: { owner: 'acme', repo: 'shop' },
    octokit: client(github.token),
    client,
    async commit(branch, files = { [`${branch.replaceAll('/', '-')}.txt`]: 'text\n' }) {
      const ref = `refs/heads/${branch}`;
      const old = await bare.resolve(ref);
      const additions = Object.entries(files).map(([path, text]) => ({ path, contents: Buffer.from(text) }));
      const parent = old ?? (await head('main'));
      const author = 'Ann <ann@example.invalid>';
      const made = await bare.commit({
        parent,
        message: 'Change',
        author,
        at: 1_700_000_000,
        additions,
        deletions: [],
      });
      await bare.update(ref, made, old);
      return made;
    },
  };
}

/** How a call was refused. */
export async function refusal(call: Promise<unknown>): Promise<{
  status: number;
  message: string;
  data: { message: string; errors?: unknown[] };
  headers: Record<string, string>;
}> {
  try {
    await call;
  } catch (error) {
    const failed = error as {
      status: number;
      message: string;
      response?: { data: never; headers: Record<string, string> };
    };
    return {
      ...failed,
      message: failed.message,
      data: failed.response?.data as never,
      headers: failed.response?.headers ?? {},
    };
  }
  throw new Error('the call was not refused');
}

export const commitMutation = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } ref { target { oid } } }
}`;

/** The input of `createCommitOnBranch` for one file. */
export function commitInput(
  branch: string,
  expectedHeadOid: string,
  files: Record<string, string> = { 'web/file': 'x\n' },
) {
  const additions = Object.entries(files).map(([path, text]) => ({
    path,
    contents: Buffer.from(text).toString('base64'),
  }));
  return {
    branch: { repositoryNameWithOwner: 'acme/shop', branchName: branch },
    expectedHeadOid,
    message: { headline: 'Promote web', body: 'As planned.' },
    fileChanges: { additions },
  };
}
