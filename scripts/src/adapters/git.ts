import { randomUUID } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { createHistory, type GitHistory } from './git-history.ts';
import { importStream, type CommitRequest } from './git-import.ts';
import { asText, createObjectReader } from './git-objects.ts';
import { createRemotes, type GitRemotes } from './git-remotes.ts';
import { createRunner, type RunGit } from './git-run.ts';
import { createTreeReader, type TreeReader } from './git-trees.ts';

export interface Git extends GitHistory, GitRemotes, Pick<TreeReader, 'differing'> {
  run: RunGit;
  /** The commit of a revision, 40 hex digits; undefined where there is none. */
  resolve(revision: string): Promise<string | undefined>;
  /** The object of a name, such as the tree of `<commit>:<folder>`; undefined where there is none. */
  objectId(name: string): Promise<string | undefined>;
  /** The text of a name such as `<commit>:<file>`; undefined where there is none. */
  text(name: string): Promise<string | undefined>;
  /** What lies in the folders of a revision that `within` opens, every one unless it is given, with the texts of the files that `wanted` picks. */
  snapshot(
    revision: string,
    options?: { within?: ((folder: string) => boolean) | undefined; wanted?: (path: string) => boolean },
  ): Promise<Snapshot>;
  /** Makes commits without a work tree or an index, each on the one before and the first on `head`; gives their ids. */
  commit(head: string | undefined, ...requests: readonly Omit<CommitRequest, 'head'>[]): Promise<string[]>;
}

/** Git in a folder: a work tree or a bare repository. `env` is the whole environment that Git sees. */
export function createGit(cwd: string, env: NodeJS.ProcessEnv): Git {
  const gitEnv = { ...env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  const run = createRunner(cwd, gitEnv);
  const objects = createObjectReader(cwd, gitEnv);
  const trees = createTreeReader(objects);
  // Of blobs nothing ever changes, so each is asked for once.
  const blobs = new Map<string, Promise<Buffer | undefined>>();

  function readBlob(id: string): Promise<Buffer | undefined> {
    const found = blobs.get(id) ?? objects.read(id);
    blobs.set(id, found);
    return found;
  }

  async function readTexts(entries: readonly [path: string, oid: string][]): Promise<Map<string, string>> {
    const contents = await Promise.all(entries.map(([, oid]) => readBlob(oid)));
    return new Map(
      entries.map(([path], index) => {
        const content = contents[index];
        if (content !== undefined) return [path, asText(path, content)];
        throw new UserError(`git could not read ${path}`, { hint: 'run git fsck in this repository' });
      }),
    );
  }

  return {
    ...createHistory(run, objects),
    ...createRemotes(run),
    run,
    resolve: (revision) => objects.id(`${revision}^{commit}`),
    objectId: (name) => objects.id(name),
    text: async (name) => (await objects.read(name))?.toString('utf8'),
    async snapshot(revision, { within = () => true, wanted = () => false } = {}) {
      const { tree, folders } = await trees.list(revision, within);
      const chosen = [...tree].filter(([path]) => wanted(path));
      return { revision, tree, folders, texts: await readTexts(chosen) };
    },
    differing: trees.differing,
    async commit(head, ...requests) {
      const ref = `refs/sluice/commit-${randomUUID()}`;
      const made = await run(['fast-import', '--quiet', '--force', '--date-format=raw'], {
        input: importStream(ref, head, requests),
      });
      return made.stdout.trim().split('\n');
    },
  };
}
