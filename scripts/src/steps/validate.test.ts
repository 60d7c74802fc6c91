import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryCache } from '../../test/memory-cache.ts';
import { invalidTrees, validateTree, validTree } from '../../test/manifests.ts';
import { readWorkTree } from '../adapters/work-tree.ts';
import { processContext } from '../context.ts';
import { filePolicies, waivable } from '../core/validate/judge.ts';
import { findRepository } from './repository.ts';
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
    // What only an API server says is in validate-server.test.ts.
    const policies = [...waivable, ...Object.keys(filePolicies)].filter((id) => id !== 'server');

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

describe('what was found', () => {
  it('is kept for as long as neither the manifests nor the code that judges them have changed', async () => {
    const own = memoryCache();
    const files = validTree(trees.get('probe-timing'));
    const first = await validateTree(files, { cache: own, version: 'one' });
    const kept = await validateTree(files, { cache: own, version: 'one' });
    const mended = await validateTree(validTree(), { cache: own, version: 'one' });

    expect(kept).toEqual(first);
    expect(first.problems).toHaveLength(1);
    expect(mended.problems).toEqual([]);
  });

  it('is all of it where one app cannot be rendered', async () => {
    const both = new Map([...(trees.get('render') ?? []), ...(trees.get('probe-timing') ?? [])]);
    const { problems } = await validateTree(validTree(both), { cache });

    expect(problems.map(({ policy }) => policy).toSorted()).toEqual(['probe-timing', 'render']);
  });

  it('is the line of what is not YAML', async () => {
    const broken = new Map([
      ['apps/web/base/service.yaml', 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n spec: {}\n'],
    ]);
    const { problems } = await validateTree(validTree(broken), { cache });

    expect(problems.map(({ file, line, policy }) => `${file}:${line} ${policy}`)).toEqual([
      'apps/web/base/service.yaml:5 render',
    ]);
  });
});

describe('a waiver of what a chart makes', () => {
  const waiver = `waivers:
  - policy: schema
    object: Service/router
    reason: its next version has the field right
    owner: team-platform
    expires: 2027-01-31
`;
  const files = validTree(new Map([['infrastructure/waivers.yaml', waiver]]));
  const wrong = 'apiVersion: v1\nkind: Service\nmetadata: {name: router}\nspec: {porst: []}\n';

  /** What is wrong where charts are judged, of which one makes this. */
  async function saidOf(text: string): Promise<string[]> {
    const place = { root: 'infrastructure/clusters/one', file: 'infrastructure/clusters/one/router.yaml' };
    const chart = { app: undefined, environment: undefined, ...place, raw: true, parts: () => [], text };
    const { problems } = await validateTree(files, { cache, charts: () => Promise.resolve([chart]) });
    return problems.map(({ message }) => message);
  }

  it('is for nothing only where charts are judged and none needs it', async () => {
    expect((await validateTree(files, { cache })).problems).toEqual([]);
    expect(await saidOf(wrong)).toEqual([]);
    expect(await saidOf('')).toEqual(['nothing needs the waiver of schema of Service/router']);
  });
});

describe('what is shipped', () => {
  it('has nothing wrong', async () => {
    const root = join(import.meta.dirname, '../../..');
    const { git } = await findRepository({ ...processContext(), cwd: root });
    const files = await readWorkTree(git, root, ['apps', 'argocd', 'infrastructure', 'gitops.config.yaml']);
    const { problems, objects } = await validateTree(files, { today: new Date().toISOString().slice(0, 10) });

    expect(problems).toEqual([]);
    expect(objects).toBeGreaterThan(50);
  });
});
