import { onTestFinished } from 'vitest';
import { createGit, type Git } from '../src/adapters/git.ts';
import { createGitHub, type GitHub } from '../src/adapters/github/index.ts';
import type { Repository } from '../src/steps/repository.ts';
import { production } from './gate-facts.ts';
import { startGitHub, type GitHub as Server, type GitHubOptions } from './github/github.ts';
import { temporaryFolder } from './temporary.ts';

/** A repository on GitHub that the adapter asks in this process. */
export interface GitHubLab {
  server: Server;
  github: GitHub;
  /** The repository behind the server. */
  git: Git;
  /** What was told to whoever waits. */
  said: string[];
  /** The same with another token; a client of its own, which paces only its own calls. */
  as(token: string | undefined): GitHub;
  /** Makes a commit on a branch of the repository behind the server; gives its id. */
  commit(branch: string, files: Record<string, string>): Promise<string>;
}

/** With one commit on main and on deploy/dev. */
export async function gitHubLab(options: GitHubOptions = {}): Promise<GitHubLab> {
  const folder = await temporaryFolder();
  const git = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' });
  await git.run(['init', '--quiet', '--bare', '--initial-branch', 'main', '.']);
  async function commit(branch: string, files: Record<string, string>): Promise<string> {
    const by = { name: 'Ann', email: 'ann@example.invalid' };
    const head = (await git.resolve(`refs/heads/${branch}`)) ?? (await git.resolve('refs/heads/main'));
    const [made = ''] = await git.commit(head, {
      files: new Map(Object.entries(files)),
      message: 'Change\n',
      by,
      at: 0,
    });
    await git.run(['update-ref', `refs/heads/${branch}`, made]);
    return made;
  }
  const head = await commit('main', { file: 'one' });
  await git.run(['update-ref', 'refs/heads/deploy/dev', head]);
  const server = await startGitHub(folder, options);
  onTestFinished(server.stop);
  const said: string[] = [];
  function as(token: string | undefined): GitHub {
    const env = { GITHUB_API_URL: server.url, ...(token === undefined ? {} : { GH_TOKEN: token }) };
    const address = { host: 'github.com', owner: 'acme', name: 'shop' };
    return createGitHub({ address, env, say: (line) => said.push(line) });
  }
  return { server, github: as(server.token), git, said, as, commit };
}

/** The pipeline's view of a lab, in a clone of its own, as far as proposing and landing need it; dev takes proposals. */
export async function pipelineOf(lab: GitHubLab): Promise<Repository> {
  const git = createGit(await temporaryFolder(), { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null' });
  await git.run(['init', '--quiet', '.']);
  await git.run(['remote', 'add', 'origin', (await lab.git.run(['rev-parse', '--absolute-git-dir'])).stdout.trim()]);
  await git.fetch('origin');
  const { github } = lab;
  const config = { environments: [{ ...production, name: 'dev', landing: 'pull-request' }], apps: {} };
  const main = await git.snapshot((await git.resolve('refs/remotes/origin/main')) ?? '');
  const remote = { name: 'origin' };
  const writer = github.writer(git, 'origin');
  return { git, remote, github, writes: true, writer, config, main } as unknown as Repository;
}

/** What something fails with, and all that could be printed of it. */
export async function failure(work: Promise<unknown>): Promise<{ message: string; hint: string; text: string }> {
  const error = await work.then(
    () => {
      throw new Error('nothing failed');
    },
    (error: unknown) => error as Error & { hint?: string },
  );
  const { message, hint = '' } = error;
  return { message, hint, text: `${message}\n${hint}\n${error.stack}\n${JSON.stringify(error)}` };
}
