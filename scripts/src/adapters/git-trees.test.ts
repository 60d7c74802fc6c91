import { execFileSync } from 'node:child_process';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary.ts';
import { createGit, type Git } from './git.ts';
import { below } from './git-trees.ts';

let folder: string;
let git: Git;

beforeEach(async () => {
  folder = await temporaryFolder();
  execFileSync('git', ['init', '--quiet', folder]);
  git = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' });
});

async function commit(files: Record<string, string>, head?: string): Promise<string> {
  const request = { message: 'Change\n', by: { name: 'Ann', email: 'a@b.c' }, at: 1 };
  const [made = ''] = await git.commit(head, { ...request, files: new Map(Object.entries(files)) });
  return made;
}

/** What Git itself lists: `<id> <path>` of each file, in its order. */
function listed(revision: string): string[] {
  const args = ['ls-tree', '-r', '-z', '--full-tree', revision];
  const lines = execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).split('\0');
  return lines.flatMap((line) => (line === '' ? [] : [line.slice('100644 blob '.length).replace('\t', ' ')]));
}

// A folder and a file of one name would stand in each other's way.
const name = fc.stringMatching(/^[a-zä.-]{1,3}$/).filter((each) => !/^\.+$|^\.git$/i.test(each));
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => [...parts, '=file'].join('/'));
const files = fc.dictionary(path, fc.constantFrom('1', '2', ''), { minKeys: 1, maxKeys: 12 });

describe('a snapshot', () => {
  it('lists every file as Git does, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(files, async (texts) => {
        const revision = await commit(texts);
        const { tree } = await git.snapshot(revision);

        expect([...tree].map(([each, id]) => `${id} ${each}`)).toEqual(listed(revision));
      }),
      { numRuns: 40 },
    );
  });

  it('opens only what it is asked to, and knows the ids of the other folders', async () => {
    const revision = await commit({ 'a/b/one': '1', 'a/c/two': '2', 'd/e/three': '3', top: '' });
    const { tree, folders } = await git.snapshot(revision, { within: below(['a/b']) });

    expect([...tree.keys()]).toEqual(['a/b/one', 'top']);
    expect([...folders.keys()]).toEqual(['a', 'a/b', 'a/c', 'd']);
    expect(folders.get('a')?.folders).toEqual(['b', 'c']);
    expect(folders.get('d')?.id).toBe(await git.objectId(`${revision}:d`));
  });

  it('of what is no revision says so', async () => {
    await expect(git.snapshot('f'.repeat(40))).rejects.toThrow(`there is no revision ${'f'.repeat(40)}`);
  });
});

describe('differing', () => {
  it('names the folders below which two revisions differ, whatever has come, gone or changed', async () => {
    await fc.assert(
      fc.asyncProperty(files, files, async (before, after) => {
        const [one, other] = [await commit(before), await commit(after)];
        const args = ['diff-tree', '-r', '-z', '--no-renames', '--name-only', one, other];
        const changed = execFileSync('git', args, { cwd: folder, encoding: 'utf8' }).split('\0');
        const expected = changed.flatMap((each) =>
          each.split('/').flatMap((_, index, parts) => (index === 0 ? [] : [parts.slice(0, index).join('/')])),
        );

        expect([...(await git.differing(one, other))].toSorted()).toEqual([...new Set(expected)].toSorted());
      }),
      { numRuns: 40 },
    );
  });
});
