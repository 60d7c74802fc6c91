import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { nastyRevisions } from '../../test/nasty-names.ts';
import { temporaryFolder } from '../../test/temporary.ts';
import { UserError } from '../core/errors.ts';
import { below } from './git-trees.ts';
import { createGit, type Git } from './git.ts';

let folder: string;
let git: Git;
let head: string;

beforeEach(async () => {
  folder = await temporaryFolder();
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'main', folder]);
  git = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' });
  const request = {
    files: new Map([['a/one', '1\n']]),
    message: 'Change\n',
    by: { name: 'Ann', email: 'a@b.c' },
    at: 1,
  };
  [head = ''] = await git.commit(undefined, request);
});

/** Every question that takes a name from elsewhere. */
function questions(name: string): (() => Promise<unknown>)[] {
  return [
    () => git.resolve(name),
    () => git.objectId(`${name}:a`),
    () => git.snapshot(name),
    () => git.snapshot(head, { within: below([name]) }),
    () => git.differing(name, head),
    () => git.isAncestor(name, head),
    () => git.isAncestor(head, name),
    () => git.author(name),
    () => git.message(name),
    () => git.lastChanges(name),
    () => git.commits(name, 'a'),
    () => git.commits(head, name),
    () => git.history(name, 'a/one'),
    () => git.fetch(name),
    () => git.push(name, head, 'main'),
    () => git.push(folder, head, name),
  ];
}

/** What went wrong in another way than by saying what. */
async function bugs(name: string): Promise<unknown[]> {
  const ended = await Promise.allSettled(questions(name).map((question) => question()));
  return ended.flatMap((each) =>
    each.status === 'rejected' && !(each.reason instanceof UserError) ? [each.reason] : [],
  );
}

describe('a name from elsewhere', () => {
  it.each(nastyRevisions)('is never an option, a command or another file to Git: %j', async (name) => {
    const before = readdirSync(folder);
    expect(await bugs(name)).toEqual([]);
    expect(readdirSync(folder)).toEqual(before);
  });

  it('could be one: without the end of options Git writes the file', async () => {
    await git.run(['log', '-1', '--output=pwned', head]);

    expect(readdirSync(folder)).toContain('pwned');
  });

  it('stands for nothing, or for what Git itself says', async () => {
    const word = fc.string({ minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.oneof(word, fc.constantFrom(...nastyRevisions)), async (name) => {
        const found = await git.resolve(name);
        expect(found === undefined || /^[0-9a-f]{40}$/.test(found)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(readdirSync(folder)).not.toContain('pwned');
  });
});

describe('a symbolic link', () => {
  it('is the text that it holds, wherever it leads', async () => {
    const link = execFileSync('git', ['-C', folder, 'hash-object', '-w', '--stdin'], { input: '/etc' })
      .toString()
      .trim();
    const tree = `120000 blob ${link}\tprod\n`;
    const made = execFileSync('git', ['-C', folder, 'mktree'], { input: tree }).toString().trim();
    const { texts } = await git.snapshot(made, { wanted: () => true });

    expect(Object.fromEntries(texts)).toEqual({ prod: '/etc' });
  });
});
