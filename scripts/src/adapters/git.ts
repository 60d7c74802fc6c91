import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import { UserError } from '../core/errors.ts';
import type { Identity } from '../core/identity.ts';
import type { Snapshot } from '../core/snapshot.ts';
import { exec, type ExecOptions, type ExecResult } from './exec.ts';
import { importStream, type CommitRequest } from './git-import.ts';
import { createObjectReader } from './git-objects.ts';
import { explainPush, type PushResult } from './git-push.ts';
import { createTreeReader } from './git-trees.ts';

export interface Git {
  run(args: readonly string[], options?: ExecOptions): Promise<ExecResult>;
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
  /** The folders below which two revisions differ. */
  differing(one: string, other: string): Promise<Set<string>>;
  /** Makes commits without a work tree or an index, each on the one before and the first on `head`; gives their ids. */
  commit(head: string | undefined, ...requests: readonly Omit<CommitRequest, 'head'>[]): Promise<string[]>;
  push(remote: string, commit: string, branch: string): Promise<PushResult>;
  /** Sets a branch to a commit, whatever its history, or with `undefined` removes it, if it still is at `expected`. */
  replace(
    remote: string,
    branch: string,
    commit: string | undefined,
    expected: string | undefined,
  ): Promise<PushResult>;
  fetch(remote: string): Promise<void>;
  isAncestor(older: string, newer: string): Promise<boolean>;
  author(revision: string): Promise<Identity>;
  /** When a commit was made. */
  committedAt(revision: string): Promise<Date>;
  /** The commits that a commit was made on (40 hex digits each): none for the first one, several for a merge. */
  parents(revision: string): Promise<string[]>;
  /** The whole message of a commit. */
  message(revision: string): Promise<string>;
  /** For each folder at the top of a revision, the newest commit that changed something in it. */
  lastChanges(revision: string): Promise<Map<string, string>>;
  /** The commits up to a revision that changed something at a path, newest first. */
  commits(revision: string, path: string): Promise<string[]>;
  /** What a file was after each commit that changed it, newest first; commits that removed it are left out. */
  history(revision: string, path: string): Promise<{ commit: string; text: string }[]>;
}

const objectName = /^[0-9a-f]{40}$/;

/** How often a fetch is tried that meets another one in the same clone. */
const fetches = 5;

/** Git in a folder: a work tree or a bare repository. `env` is the whole environment that Git sees. */
export function createGit(cwd: string, env: NodeJS.ProcessEnv): Git {
  const gitEnv = { ...env, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };
  function run(args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    return exec('git', args, { cwd, env: gitEnv, ...options });
  }

  const objects = createObjectReader(cwd, gitEnv);
  const trees = createTreeReader(objects);
  // Of commits and blobs nothing ever changes, so each is asked for once.
  const ancestors = new Map<string, Promise<number>>();
  const blobs = new Map<string, Promise<Buffer | undefined>>();
  function once<T>(known: Map<string, Promise<T>>, key: string, find: () => Promise<T>): Promise<T> {
    const found = known.get(key) ?? find();
    known.set(key, found);
    return found;
  }
  async function commitsAt(revision: string, path: string): Promise<string[]> {
    const logged = await run(['log', '--format=%H', '--end-of-options', revision, '--', path]);
    return logged.stdout.split('\n').filter((line) => line !== '');
  }

  async function readCommit(revision: string): Promise<string> {
    return (await objects.read(`${revision}^{commit}`))?.toString('utf8') ?? '';
  }

  return {
    run,
    resolve: (revision) => objects.id(`${revision}^{commit}`),
    objectId: (name) => objects.id(name),
    text: async (name) => (await objects.read(name))?.toString('utf8'),
    async snapshot(revision, { within = () => true, wanted = () => false } = {}) {
      const { tree, folders } = await trees.list(revision, within);
      const chosen = [...tree].filter(([path]) => wanted(path));
      return { revision, tree, folders, texts: await readBlobs(chosen) };
    },
    differing: trees.differing,
    async commit(head, ...requests) {
      const ref = `refs/sluice/commit-${randomUUID()}`;
      const made = await run(['fast-import', '--quiet', '--force', '--date-format=raw'], {
        input: importStream(ref, head, requests),
      });
      return made.stdout.trim().split('\n');
    },
    push: (remote, commit, branch) => push('--end-of-options', remote, `${commit}:refs/heads/${branch}`),
    replace(remote, branch, commit, expected) {
      const ref = `refs/heads/${branch}`;
      const lease = `--force-with-lease=${ref}:${expected ?? ''}`;
      return push(lease, '--end-of-options', remote, `${commit ?? ''}:${ref}`);
    },
    async fetch(remote) {
      const spec = `+refs/heads/*:refs/remotes/${remote}/*`;
      const quick = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
      const args = ['fetch', ...quick, '--prune', '--end-of-options', remote, spec];
      // Another command in this clone may have fetched the same meanwhile; what is left then is asked for again.
      for (let attempt = 1; ; attempt++) {
        const { code, stderr } = await run(args, { nothrow: true });
        if (code === 0) return;
        if (attempt === fetches || !/cannot lock ref|unable to update local ref/.test(stderr)) {
          throw new UserError(`nothing could be fetched from the Git remote ${remote}: ${stderr.trim()}`, {
            hint: `git fetch ${remote} has to work first; git remote get-url ${remote} says where it is`,
          });
        }
      }
    },
    async isAncestor(older, newer) {
      if (older === newer) return true;
      const args = ['merge-base', '--is-ancestor', '--end-of-options', older, newer];
      const ask = async (): Promise<number> => (await run(args, { nothrow: true })).code;
      if (![older, newer].every((each) => objectName.test(each))) return (await ask()) === 0;
      const code = await once(ancestors, `${older} ${newer}`, ask);
      // A commit that is not here yet may be fetched.
      if (code > 1) ancestors.delete(`${older} ${newer}`);
      return code === 0;
    },
    async author(revision) {
      const [name = '', email = ''] = (
        await run(['log', '-1', '--format=%an%n%ae', '--end-of-options', revision, '--'])
      ).stdout.split('\n');
      return { name, email };
    },
    async committedAt(revision) {
      const seconds = /^committer .* (\d+) [-+]\d{4}$/m.exec(await readCommit(revision))?.[1];
      return new Date(Number(seconds ?? 0) * 1000);
    },
    async parents(revision) {
      const commit = await readCommit(revision);
      const head = commit.slice(0, commit.indexOf('\n\n'));
      return [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, id = '']) => id);
    },
    async message(revision) {
      const commit = await readCommit(revision);
      return commit.slice(commit.indexOf('\n\n') + 2);
    },
    async lastChanges(revision) {
      const logged = await run(['log', '--format=%x01%H', '--name-only', '-z', '--end-of-options', revision, '--']);
      const found = new Map<string, string>();
      for (const entry of logged.stdout.split('\u0001').slice(1)) {
        const [commit = '', ...paths] = entry.split(/[\0\n]+/);
        for (const path of paths) {
          const folder = path.split('/')[0] ?? '';
          if (folder !== '' && !found.has(folder)) found.set(folder, commit);
        }
      }
      return found;
    },
    commits: commitsAt,
    async history(revision, path) {
      const commits = await commitsAt(revision, path);
      const contents = await Promise.all(commits.map((commit) => objects.read(`${commit}:${path}`)));
      return commits.flatMap((commit, index) => {
        const content = contents[index];
        return content === undefined ? [] : [{ commit, text: asText(path, content) }];
      });
    },
  };

  async function push(...args: readonly string[]): Promise<PushResult> {
    const result = await run(['push', '--porcelain', '--no-verify', ...args], { nothrow: true });
    return result.code === 0 ? { state: 'landed' } : explainPush(result);
  }

  async function readBlobs(entries: readonly [path: string, oid: string][]): Promise<Map<string, string>> {
    const contents = await Promise.all(entries.map(([, oid]) => once(blobs, oid, () => objects.read(oid))));
    return new Map(
      entries.map(([path], index) => {
        const content = contents[index];
        if (content !== undefined) return [path, asText(path, content)];
        throw new UserError(`git could not read ${path}`, { hint: 'run git fsck in this repository' });
      }),
    );
  }
}

function asText(path: string, content: Buffer): string {
  if (isUtf8(content)) return content.toString('utf8');
  throw new UserError(`${path} is not UTF-8 text, and nothing else can be rendered`, {
    hint: 'keep binary files elsewhere, or encode them',
  });
}
