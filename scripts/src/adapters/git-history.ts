import type { Identity } from '../core/identity.ts';
import { asText, type ObjectReader } from './git-objects.ts';
import type { RunGit } from './git-run.ts';

/** What commits say, and how they follow each other. */
export interface GitHistory {
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

export function createHistory(run: RunGit, objects: ObjectReader): GitHistory {
  // Of commits nothing ever changes, so each pair is asked about once.
  const ancestors = new Map<string, Promise<number>>();

  async function commits(revision: string, path: string): Promise<string[]> {
    const logged = await run(['log', '--format=%H', '--end-of-options', revision, '--', path]);
    return logged.stdout.split('\n').filter((line) => line !== '');
  }

  async function readCommit(revision: string): Promise<string> {
    return (await objects.read(`${revision}^{commit}`))?.toString('utf8') ?? '';
  }

  return {
    commits,
    async isAncestor(older, newer) {
      if (older === newer) return true;
      const args = ['merge-base', '--is-ancestor', '--end-of-options', older, newer];
      const ask = async (): Promise<number> => (await run(args, { nothrow: true })).code;
      if (![older, newer].every((each) => objectName.test(each))) return (await ask()) === 0;
      const pair = `${older} ${newer}`;
      const asked = ancestors.get(pair) ?? ask();
      ancestors.set(pair, asked);
      const code = await asked;
      // A commit that is not here yet may be fetched.
      if (code > 1) ancestors.delete(pair);
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
    async history(revision, path) {
      const changes = await commits(revision, path);
      const contents = await Promise.all(changes.map((commit) => objects.read(`${commit}:${path}`)));
      return changes.flatMap((commit, index) => {
        const content = contents[index];
        return content === undefined ? [] : [{ commit, text: asText(path, content) }];
      });
    },
  };
}
