import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary.ts';
import { createGit } from './git.ts';
import { openRenderCache, type RenderCache } from './render-cache.ts';

const day = 24 * 3600 * 1000;

async function clone(): Promise<{ kept: string; open(inDays: number): Promise<RenderCache> }> {
  const folder = await temporaryFolder();
  execFileSync('git', ['init', '--quiet', folder]);
  return {
    kept: join(folder, '.git/sluice/renderings'),
    open: (inDays) => openRenderCache(createGit(folder, process.env), new Date(Date.now() + inDays * day)),
  };
}

it('keeps in the clone what is asked for, and forgets the rest after two weeks, whoever opens it', async () => {
  const { kept, open } = await clone();
  await (await open(0)).put('a', 'one\ntwo\n');

  expect(await (await open(13)).get('a')).toBe('one\ntwo\n');
  await open(15);
  expect(readdirSync(kept)).toEqual([]);
  expect(await (await open(15)).get('a')).toBeUndefined();
});

it('does not use what somebody has changed', async () => {
  const { kept, open } = await clone();
  const cache = await open(0);
  await cache.put('a', 'one\n');
  writeFileSync(join(kept, 'a'), 'two\n');

  expect(await cache.get('a')).toBeUndefined();
});
