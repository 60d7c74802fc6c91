import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

test('every tool that is not pinned is refused, with those that are, before any is made', async () => {
  const state = join(await mkdtemp(join(tmpdir(), 'sluice-tools-')), 'state');
  onTestFinished(() => rm(join(state, '..'), { recursive: true, force: true }));
  const args = [join(import.meta.dirname, 'main.ts'), 'etcd', 'kubernets', 'helmm'];
  const env = { ...process.env, SLUICE_STATE: state, SLUICE_MIRROR: '/nowhere', PATH: '/nowhere' };
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });

  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: no tool "kubernets" is pinned in .*tools\.yaml\n {2}Use one of: .*\bkubernetes, /);
  expect(stderr).toContain('error: no tool "helmm" is pinned');
  expect(existsSync(state)).toBe(false);
});
