import { createGit, personOf, type Git, type Identity } from '../adapters/git.ts';
import type { GitHub } from '../adapters/github/index.ts';
import type { Writer } from '../adapters/writer.ts';
import { below } from '../adapters/git-trees.ts';
import { findRemote, type Remote } from '../adapters/remote.ts';
import type { Context } from '../context.ts';
import { deployBranch, isStateFile, readBranchState, type BranchState } from '../core/branch-state.ts';
import { configFile, type Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { renderedFolders } from '../core/inputs.ts';
import { policyFolder } from '../core/policy.ts';
import { parseRecord, recordsBranch, type DeliveryRecord } from '../core/record.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { isObservationPath, parseObservation, type Observation } from '../core/soak/observation.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { readConfig } from './config.ts';
import { readIdentity } from './identity.ts';
import { openWriter } from './open-writer.ts';

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
  const [early] = await Promise.all([readMain(git, remote, branch).catch(() => undefined), git.fetch(remote.name)]);
  const moved = early === undefined || early.main.revision !== (await git.resolve(branch));
  const read = moved ? await readMain(git, remote, branch) : early;
  return { folder, git, remote, ...openWriter(context, git, remote), ...read };
}

async function readMain(git: Git, remote: Remote, branch: string): Promise<Pick<Repository, 'main' | 'config'>> {
  const revision = await git.resolve(branch);
  if (revision === undefined) {
    throw new UserError(`the Git remote ${remote.name} has no branch main`, {
      hint: `run git push ${remote.name} main`,
    });
  }
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

/** The top of a revision of main, with the text of its configuration. */
export function mainSnapshot(git: Git, revision: string): Promise<Snapshot> {
  return git.snapshot(revision, { within: () => false, wanted: (path) => path === configFile });
}

/** A revision of main with the texts that tell what apps are made of; of services and packages only what lies at their top. */
export function inputsSnapshot(git: Git, { revision }: Pick<Snapshot, 'revision'>): Promise<Snapshot> {
  return git.snapshot(revision, {
    within: (folder) => /^(apps(\/.*)?|(services|packages)(\/[^/]+)?)$/.test(folder),
    wanted: (path) =>
      /^apps\/.*kustomization\.yaml$/.test(path) || /^(services|packages)\/[^/]+\/package\.json$/.test(path),
  });
}

/** The folders in apps/ at the revisions that the manifests of releases are of; of revisions that are not in this clone, none. */
export async function foldersBefore(git: Git, releases: Iterable<ReleaseFile>): Promise<Map<string, Snapshot>> {
  const revisions = [...new Set([...releases].map((each) => each.manifestRevision))];
  const found = await Promise.all(
    revisions.map(async (revision): Promise<[string, Snapshot][]> => {
      if ((await git.resolve(revision)) === undefined) return [];
      return [[revision, await git.snapshot(revision, { within: (folder) => folder === 'apps' })]];
    }),
  );
  return new Map(found.flat());
}

/** Gives what an app renders from at a revision of main: its own files and those of the components. */
export type Sources = (revision: string, app: string) => Promise<Snapshot>;

/** Reads each once, however many environments an app is rendered for. */
export function createSources(git: Git): Sources {
  const known = new Map<string, Promise<Snapshot>>();
  return (revision, app) => {
    const key = `${revision} ${app}`;
    const folders = renderedFolders(app);
    const found =
      known.get(key) ??
      git.snapshot(revision, {
        within: below(folders),
        wanted: (path) => folders.some((folder) => path.startsWith(`${folder}/`)),
      });
    known.set(key, found);
    return found;
  };
}

/** The head of an environment's branch as the remote had it when fetched; UserError where there is none. */
export async function branchHead(git: Git, environment: string, refs: string): Promise<string> {
  const head = await git.resolve(`${refs}/${deployBranch(environment)}`);
  if (head === undefined) {
    throw new UserError(`the branch ${deployBranch(environment)} does not exist`, {
      hint: 'locally pnpm start makes it, elsewhere pnpm run init',
    });
  }
  return head;
}

/** The state of an environment's branch as the remote had it when fetched; of some apps only, where they are named. */
export async function branchState(
  git: Git,
  environment: string,
  refs: string,
  apps?: readonly string[],
): Promise<BranchState> {
  return stateAt(git, environment, await branchHead(git, environment, refs), apps);
}

/** The state of an environment's branch at one of its commits; of some apps only, where they are named, and of its files only those `wanted`. */
export async function stateAt(
  git: Git,
  environment: string,
  commit: string,
  apps?: readonly string[],
  wanted: (path: string) => boolean = isStateFile,
): Promise<BranchState> {
  const within = apps === undefined ? undefined : below([policyFolder, ...apps]);
  return readBranchState(environment, await git.snapshot(commit, { within, wanted }));
}

/** The state of an environment's branch, with the commit that each app landed with. */
export async function landedState(
  git: Git,
  environment: string,
  refs: string,
): Promise<{ state: BranchState; commits: Map<string, string> }> {
  const state = await branchState(git, environment, refs);
  return { state, commits: await git.lastChanges(state.head) };
}

/** The refs that fetching fills for a remote. */
export function remoteRefs(remote: Remote): string {
  return `refs/remotes/${remote.name}`;
}

/** The records of some apps in all environments; none where the branch does not exist yet. */
export async function readRecords(
  git: Git,
  config: Config,
  apps: readonly string[],
  refs: string,
): Promise<DeliveryRecord[]> {
  const texts = await readEvents(git, config, apps, refs, (path) => !isObservationPath(path));
  return texts.flatMap((text) => parseRecord(text) ?? []);
}

/** When some apps were healthy and when not, in all environments. */
export async function readObservations(
  git: Git,
  config: Config,
  apps: readonly string[],
  refs: string,
): Promise<Observation[]> {
  const texts = await readEvents(git, config, apps, refs, isObservationPath);
  return texts.flatMap((text) => parseObservation(text) ?? []);
}

async function readEvents(
  git: Git,
  config: Config,
  apps: readonly string[],
  refs: string,
  wanted: (path: string) => boolean,
): Promise<string[]> {
  const head = await git.resolve(`${refs}/${recordsBranch}`);
  if (head === undefined || apps.length === 0) return [];
  const paths = config.environments.flatMap((each) => apps.map((app) => `${each.name}/${app}`));
  const { texts } = await git.snapshot(head, {
    within: below(paths),
    wanted: (path) => path.endsWith('.json') && wanted(path),
  });
  return [...texts.values()];
}

/** The same repository after a fetch: main may have moved as well. */
export async function reopenRepository(repository: Repository): Promise<Repository> {
  const revision = (await repository.git.resolve(`${remoteRefs(repository.remote)}/main`)) ?? repository.main.revision;
  if (revision === repository.main.revision) return repository;
  const main = await mainSnapshot(repository.git, revision);
  return { ...repository, main, config: await readConfig(main, repository.remote) };
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
