import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { Settings } from '../settings.ts';
import { createPaths } from '../state.ts';
import { ensurePasswords } from './database-passwords.ts';

it('makes each password once, in a file that only its owner may read', async () => {
  const state = mkdtempSync(join(tmpdir(), 'sluice-passwords-'));
  onTestFinished(() => rmSync(state, { recursive: true }));
  const paths = createPaths(state);
  const ensure = (...orders: string[]) =>
    ensurePasswords({ paths, settings: { databases: { orders } } as unknown as Settings });

  const first = await ensure('orders-dev');
  const second = await ensure('orders-dev', 'orders-prod');

  expect(Object.keys(second)).toEqual(['orders-dev', 'orders-prod']);
  expect(second).toMatchObject(first);
  expect(await ensure('orders-dev', 'orders-prod')).toEqual(second);
  expect(statSync(paths.databasePasswords).mode & 0o777).toBe(0o600);
});
