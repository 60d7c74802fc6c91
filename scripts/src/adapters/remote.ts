import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { unknownName, UserError } from '../core/errors.ts';
import { readGitHubAddress, type GitHubAddress } from '../core/github-address.ts';
import type { Git } from './git.ts';

/** The Git remote that releases are landed on, and what it says of itself. */
export interface Remote {
  name: string;
  /** Its address, as Git is configured; of a repository on this machine its absolute path. */
  url: string;
  /** The profile of the configuration that applies there; only a local platform's repository names one. */
  profile: string | undefined;
  /** Where its images go, in place of what the configuration says. */
  registry: string | undefined;
  kubeconfig: string | undefined;
  /** The repository on GitHub that it is, if it is one. */
  github: GitHubAddress | undefined;
}

export type RemoteSettings = Pick<Remote, 'profile' | 'registry' | 'kubeconfig'>;

/**
 * The remote that was named, else `local` where there is one, else `origin`.
 * Only a repository on this machine can say more of itself, in its own Git configuration (`sluice.profile`,
 * `sluice.registry`, `sluice.kubeconfig`): no clone, flag or server can choose a profile.
 */
export async function findRemote(git: Git, cwd: string, env: NodeJS.ProcessEnv, named?: string): Promise<Remote> {
  const configured = await readConfigured(git);
  const listed = [...new Set([...configured.keys()].flatMap((key) => /^remote\.(.+)\.[^.]+$/.exec(key)?.[1] ?? []))];
  const name = named ?? ['local', 'origin'].find((each) => listed.includes(each));
  if (name === undefined) {
    throw new UserError(`this repository has no Git remote called local or origin`, {
      hint: 'pnpm start makes a local platform with its own remote; or name one with --remote',
      exit: 'usage',
    });
  }
  if (!listed.includes(name)) throw unknownName('Git remote', name, listed);
  const address = configured.get(`remote.${name}.url`) ?? name;
  const github = gitHubOf(address, env);
  // What replaces the beginning of addresses is rare, and Git's to apply.
  const replaced = [...configured.keys()].some((key) => key.endsWith('.insteadof'));
  const url = replaced ? await addressOf(git, name) : address;
  if (github !== undefined)
    return { name, url, github, profile: undefined, registry: undefined, kubeconfig: undefined };
  const folder = url.startsWith('file://') ? new URL(url).pathname : resolve(cwd, url);
  if (/^[a-z+]+:\/\/|^[^/]+:/.test(url) && !url.startsWith('file://')) {
    return { name, url, github, profile: undefined, registry: undefined, kubeconfig: undefined };
  }
  if (!existsSync(folder)) {
    throw new UserError(`the Git remote ${name} is at ${folder}, where nothing is`, { hint: 'run pnpm start' });
  }
  return { name, url: folder, github, ...(await readSettings(git, folder)) };
}

async function addressOf(git: Git, name: string): Promise<string> {
  return (await git.run(['remote', 'get-url', '--', name])).stdout.trim();
}

/** By the address as it was configured: `url.<base>.insteadOf` may lead elsewhere and changes nothing about what it is. */
export async function findGitHub(git: Git, env: NodeJS.ProcessEnv, name: string): Promise<GitHubAddress | undefined> {
  return gitHubOf((await readConfigured(git)).get(`remote.${name}.url`) ?? '', env);
}

function gitHubOf(address: string, env: NodeJS.ProcessEnv): GitHubAddress | undefined {
  const server = env['GITHUB_SERVER_URL'];
  const hosts = server !== undefined && URL.canParse(server) ? [new URL(server).host] : [];
  return readGitHubAddress(address, hosts);
}

/** Git's configuration here by key; of several values the last one. */
async function readConfigured(git: Git): Promise<Map<string, string>> {
  const { stdout } = await git.run(['config', '--list', '-z']);
  return new Map(
    stdout.split('\0').map((entry): [string, string] => {
      const end = entry.indexOf('\n');
      return end < 0 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1)];
    }),
  );
}

/** What a repository on this machine says of itself. */
export async function readSettings(git: Git, repository: string): Promise<RemoteSettings> {
  const args = ['--git-dir', repository, 'config', '--local', '--get-regexp', '^sluice\\.'];
  const listed = await git.run(args, { nothrow: true });
  const settings = new Map(
    listed.stdout.split('\n').map((line): [string, string] => {
      const [key = '', ...rest] = line.split(' ');
      return [key, rest.join(' ')];
    }),
  );
  return {
    profile: settings.get('sluice.profile'),
    registry: settings.get('sluice.registry'),
    kubeconfig: settings.get('sluice.kubeconfig'),
  };
}
