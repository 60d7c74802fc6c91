import { createGit, type Git } from '../adapters/git.ts';
import { personOf, type Identity } from '../core/identity.ts';
import type { GitHub } from '../adapters/github/index.ts';
import type { Writer } from '../adapters/writer.ts';
import { findRemote, type Remote } from '../adapters/remote.ts';
import type { Context } from '../context.ts';
import { configFile, type Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { readConfig } from './config.ts';
import { readIdentity } from './identity.ts';
import { openWriter } from './open-writer.ts';
import { mainSnapshot } from './sources.ts';

/** A repository with the remote that releases land on, and the configuration of one revision of main. */
export interface Repository {
  /** Its top folder, or the bare repository's. */
  folder: string;
  git: Git;
  remote: Remote;
  /** GitHub's API, where the remote is there. */
  github: GitHub | undefined;
  /** False where only the pipeline's own identity writes, and this is not the pipeline: on GitHub, outside its workflows. */
  writes: boolean;
  /** How commits get onto the remote. */
  writer: Writer;
  config: Config;
  /** The revision that configuration, bases and overlays are taken from. */
  main: Snapshot;
}

/** Opens the repository around `cwd`, with everything fetched; at HEAD where `atHead`, else at the tip of the remote's main. */
export async function openRepository(
  context: Context,
  options: { remote?: string | undefined; atHead?: boolean; found?: Pick<Repository, 'folder' | 'git'> },
): Promise<Repository> {
  const { folder, git } = options.found ?? (await findRepository(context));
  const remote = await findRemote(git, folder, context.env, options.remote);
  const branch = options.atHead === true ? 'HEAD' : `refs/remotes/${remote.name}/main`;
  // Mostly main has not moved since the last fetch, and what it says can be read meanwhile.
  const known = git.resolve(branch).then((each) => (each === undefined ? undefined : mainAt(git, remote, each)));
  const [early] = await Promise.all([known.catch(() => undefined), git.fetch(remote.name)]);
  const revision = await git.resolve(branch);
  if (revision === undefined) {
    throw new UserError(`the Git remote ${remote.name} has no branch main`, {
      hint: `run git push ${remote.name} main`,
    });
  }
  const read = early?.main.revision === revision ? early : await mainAt(git, remote, revision);
  return { folder, git, remote, ...openWriter(context, git, remote), ...read };
}

async function mainAt(git: Git, remote: Remote, revision: string): Promise<Pick<Repository, 'main' | 'config'>> {
  const main = await mainSnapshot(git, revision);
  return { main, config: await readConfig(main, remote) };
}

/** The repository at the tip of main, for a command that changes an environment, and who asks for that. Refuses uncommitted edits. */
export async function openToChange(
  context: Context,
  remote: string | undefined,
): Promise<{ repository: Repository; identity: Identity; by: string }> {
  const found = await findRepository(context);
  // Both to their end: a command that has said no does not go on fetching.
  const [opened, clean] = await Promise.allSettled([openRepository(context, { remote, found }), refuseDirty(found)]);
  if (clean.status === 'rejected') throw clean.reason;
  if (opened.status === 'rejected') throw opened.reason;
  const repository = opened.value;
  const identity = await readIdentity(context, repository);
  return { repository, identity, by: personOf(identity) };
}

/** Git in the top folder of the repository around `cwd`. */
export async function findRepository(context: Context): Promise<{ folder: string; git: Git }> {
  const found = await createGit(context.cwd, context.env).run(['rev-parse', '--show-toplevel'], { nothrow: true });
  if (found.code !== 0) {
    throw new UserError(`${context.cwd} is not in a Git repository`, {
      hint: 'change to your clone, or make one with git clone',
      exit: 'usage',
    });
  }
  const folder = found.stdout.trim();
  return { folder, git: createGit(folder, context.env) };
}

/** The refs that fetching fills for a remote. */
export function remoteRefs(remote: Remote): string {
  return `refs/remotes/${remote.name}`;
}

/** The same repository after a fetch: main may have moved as well. */
export async function reopenRepository(repository: Repository): Promise<Repository> {
  const revision = (await repository.git.resolve(`${remoteRefs(repository.remote)}/main`)) ?? repository.main.revision;
  if (revision === repository.main.revision) return repository;
  return { ...repository, ...(await mainAt(repository.git, repository.remote, revision)) };
}

/** Uncommitted edits would not be promoted, and whoever has them usually thinks that they would. */
async function refuseDirty({ git, folder }: Pick<Repository, 'folder' | 'git'>): Promise<void> {
  const watched = ['apps', 'services', 'packages', configFile];
  const { stdout } = await git.run(['status', '--porcelain', '--untracked-files=no', '--', ...watched]);
  const files = stdout.split('\n').filter((line) => line !== '');
  if (files.length === 0) return;
  throw new UserError(
    `${folder} has uncommitted changes, which no promotion can contain: ${files.map((line) => line.slice(3)).join(', ')}`,
    {
      hint: 'commit and push them, or set them aside with git stash',
      exit: 'usage',
    },
  );
}
