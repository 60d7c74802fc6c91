import type { Git } from '../adapters/git.ts';
import { below } from '../adapters/git-trees.ts';
import { configFile } from '../core/config.ts';
import { renderedFolders } from '../core/inputs.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import type { Snapshot } from '../core/snapshot.ts';

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
