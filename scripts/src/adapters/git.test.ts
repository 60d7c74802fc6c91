import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary.ts';
import { createGit, type Git } from './git.ts';

const by = { name: 'Ann', email: 'ann@example.invalid' };
let folder: string;
let git: Git;

beforeEach(async () => {
  folder = await temporaryFolder();
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', folder]);
  git = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' });
});

async function commit(files: Record<string, string>, head?: string): Promise<string> {
  const message = 'Change\n\nWhy: it was asked\n';
  const [made = ''] = await git.commit(head, { files: new Map(Object.entries(files)), message, by, at: 1 });
  return made;
}

describe('a commit', () => {
  it('is made without a work tree, on what was there, and leaves no ref behind', async () => {
    const first = await commit({ 'a/one': '1\n', 'b/two': '2\n' });
    const second = await commit({ 'a/one': 'ä\n' }, first);
    const { tree, texts } = await git.snapshot(second, { wanted: () => true });

    expect([...tree.keys()]).toEqual(['a/one', 'b/two']);
    expect(Object.fromEntries(texts)).toEqual({ 'a/one': 'ä\n', 'b/two': '2\n' });
    expect(await git.message(second)).toBe('Change\n\nWhy: it was asked\n');
    expect((await git.run(['for-each-ref'])).stdout).toBe('');
    expect(await git.isAncestor(first, second)).toBe(true);
    expect(await git.isAncestor(second, first)).toBe(false);
  });

  it('is one of several, each on the one before, and can take files away', async () => {
    const change = { message: 'Change\n', by, at: 1 };
    const [first = '', second = ''] = await git.commit(
      undefined,
      { ...change, files: new Map([['a/one', '1\n']]) },
      { ...change, files: new Map([['b/two', '2\n']]), removed: ['a/one'] },
    );

    expect([...(await git.snapshot(first)).tree.keys()]).toEqual(['a/one']);
    expect([...(await git.snapshot(second)).tree.keys()]).toEqual(['b/two']);
    expect(await git.isAncestor(first, second)).toBe(true);
  });

  it('tells what each folder was last changed by, and what a file was', async () => {
    const first = await commit({ 'a/one': '1\n', 'b/two': '2\n' });
    const second = await commit({ 'a/one': '3\n' }, first);

    expect(Object.fromEntries(await git.lastChanges(second))).toEqual({ a: second, b: first });
    expect(await git.history(second, 'a/one')).toEqual([
      { commit: second, text: '3\n' },
      { commit: first, text: '1\n' },
    ]);
  });
});

describe('a name', () => {
  it.each(['nothing', '--help', 'main\nHEAD', '', ' ', 'a b', '0'.repeat(40)])(
    '%j that stands for nothing gives nothing',
    async (name) => {
      await commit({ 'a/one': '1\n' });

      expect(await git.resolve(name)).toBeUndefined();
    },
  );

  it('stands for what was made after the first question', async () => {
    expect(await git.resolve('refs/heads/later')).toBeUndefined();
    const made = await commit({ 'a/one': '1\n' });
    await git.run(['update-ref', 'refs/heads/later', made]);

    expect(await git.resolve('refs/heads/later')).toBe(made);
    expect(await git.resolve(made.slice(0, 10))).toBe(made);
  });

  it('is answered with the questions before and after it, in their order', async () => {
    const made = await commit({ 'a/one': '1\n' });
    const asked = await Promise.all([made, 'nothing', `${made}^{tree}`, 'HEAD', made].map((name) => git.resolve(name)));

    expect(asked).toEqual([made, undefined, undefined, undefined, made]);
  });
});

it('says where it is when there is no repository', async () => {
  const empty = await temporaryFolder();
  writeFileSync(join(empty, 'file'), '');
  const nowhere = createGit(empty, { ...process.env, GIT_DIR: join(empty, 'none') });

  await expect(nowhere.resolve('HEAD')).rejects.toThrow(
    `git could not read objects in ${empty}: fatal: not a git repository`,
  );
});

it('names the remote that nothing can be fetched from, with what Git said and where to look', async () => {
  execFileSync('git', ['-C', folder, 'remote', 'add', 'upstream', `file://${join(folder, 'gone.git')}`]);

  await expect(git.fetch('upstream')).rejects.toMatchObject({
    message: expect.stringMatching(/^nothing could be fetched from the Git remote upstream: fatal: .*gone\.git/),
    hint: 'git fetch upstream has to work first; git remote get-url upstream says where it is',
  });
});
