import { execFile } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface NewCommit {
  parent: string;
  message: string;
  author: string;
  /** Seconds since 1970. */
  at: number;
  additions: readonly { path: string; contents: Buffer }[];
  deletions: readonly { path: string }[];
}

/** The repository behind the server; the same that `git push` and `git fetch` talk to. */
export interface Bare {
  /** The commit of a ref such as `refs/heads/main`, a branch or a commit; undefined where there is none. */
  resolve(revision: string): Promise<string | undefined>;
  /** Sets a ref if it still is what it was; `undefined` stands for none. False where it is not. */
  update(ref: string, commit: string | undefined, expected: string | undefined): Promise<boolean>;
  commit(commit: NewCommit): Promise<string>;
  isAncestor(older: string, newer: string): Promise<boolean>;
  hasCommonHistory(a: string, b: string): Promise<boolean>;
  /** How many commits are on `head` that are not on `base`. */
  ahead(base: string, head: string): Promise<number>;
  message(commit: string): Promise<string>;
  /** A file's text at a revision; undefined where there is none. */
  read(revision: string, path: string): Promise<string | undefined>;
  /** From now on `git push` is refused for branches that match a pattern. */
  refusePushes(patterns: readonly string[]): void;
}

/** Environment variable with which a test pushes past the rulesets, as an administrator might. */
export const asAdministrator = { SLUICE_TEST_ADMINISTRATOR: '1' };

export function openBare(folder: string): Bare {
  const env = { ...process.env, GIT_DIR: folder, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  async function git(args: readonly string[], input?: Buffer): Promise<string> {
    const running = run('git', args, { env, maxBuffer: 64 * 1024 * 1024 });
    running.child.stdin?.end(input);
    return (await running).stdout;
  }
  async function attempt(args: readonly string[]): Promise<string | undefined> {
    return git(args).catch(() => undefined);
  }
  return {
    async resolve(revision) {
      const found = await attempt(['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]);
      return found?.trim();
    },
    async update(ref, commit, expected) {
      const none = '0'.repeat(40);
      return (await attempt(['update-ref', ref, commit ?? none, expected ?? none])) !== undefined;
    },
    async commit(commit) {
      const done = await git(['fast-import', '--quiet', '--force', '--date-format=raw'], importStream(commit));
      return done.trim();
    },
    isAncestor: async (older, newer) => (await attempt(['merge-base', '--is-ancestor', older, newer])) !== undefined,
    hasCommonHistory: async (a, b) => (await attempt(['merge-base', a, b])) !== undefined,
    ahead: async (base, head) => Number(await git(['rev-list', '--count', `${base}..${head}`])),
    message: async (commit) => (await git(['log', '-1', '--format=%B', commit])).trimEnd(),
    read: (revision, path) => attempt(['show', `${revision}:${path}`]),
    refusePushes(patterns) {
      appendFileSync(join(folder, 'protected'), patterns.map((pattern) => `${pattern}\n`).join(''));
      mkdirSync(join(folder, 'hooks'), { recursive: true });
      writeFileSync(join(folder, 'hooks', 'update'), updateHook, { mode: 0o755 });
    },
  };
}

const updateHook = `#!/bin/sh
[ -n "$SLUICE_TEST_ADMINISTRATOR" ] && exit 0
while read -r pattern; do
  case "\${1#refs/heads/}" in
    $pattern)
      echo "error: GH013: Repository rule violations found for $1." >&2
      echo "- Cannot update this protected ref." >&2
      exit 1 ;;
  esac
done < protected
`;

/** The commands of git-fast-import(1) for one commit, ending with a question for its id. */
function importStream({ parent, message, author, at, additions, deletions }: NewCommit): Buffer {
  const ref = 'refs/test/import';
  const data = (bytes: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`data ${bytes.length}\n`), bytes, Buffer.from('\n')]);
  const parts = [
    // What GitHub commits for someone is theirs, and committed by GitHub: that is the identity it signs with.
    Buffer.from(`commit ${ref}\nmark :1\nauthor ${author} ${at} +0000\n`),
    Buffer.from(`committer GitHub <noreply@github.com> ${at} +0000\n`),
    data(Buffer.from(message)),
    Buffer.from(`from ${parent}\n`),
    ...deletions.map(({ path }) => Buffer.from(`D ${JSON.stringify(path)}\n`)),
    ...additions.flatMap(({ path, contents }) => [
      Buffer.from(`M 100644 inline ${JSON.stringify(path)}\n`),
      data(contents),
    ]),
    Buffer.from(`\nget-mark :1\nreset ${ref}\nfrom ${'0'.repeat(40)}\n\n`),
  ];
  return Buffer.concat(parts);
}
