import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryCache } from '../../test/memory-cache.ts';
import { invalidTrees, validateTree, validTree } from '../../test/manifests.ts';
import { filePolicies, waivable } from '../core/validate/judge.ts';
import { problemLines } from '../ui/problems.ts';

const cache = memoryCache();
const trees = invalidTrees();
const folder = join(import.meta.dirname, '../../test/invalid');

describe('a tree with one defect', () => {
  it('is the valid one with something changed, in which nothing is wrong', async () => {
    const { problems, objects } = await validateTree(validTree(), { cache });

    expect(problems).toEqual([]);
    expect(objects).toBeGreaterThan(30);
  });

  it('is there for every policy', () => {
    const policies = [...waivable, ...Object.keys(filePolicies)];

    expect(
      policies.filter((id) => ![...trees.keys()].some((name) => name === id || name.startsWith(`${id}-`))),
    ).toEqual([]);
  });

  it.each([...trees.keys()])(
    'is refused by the policy that it is named after, with file and line: %s',
    async (name) => {
      const { problems } = await validateTree(validTree(trees.get(name)), { cache });

      expect(problems.some(({ policy }) => name === policy || name.startsWith(`${policy}-`))).toBe(true);
      await expect(problemLines(problems, (text) => text)).toMatchFileSnapshot(join(folder, name, 'problems.txt'));
    },
  );
});
