import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isSameBoot, recordBefore, restoreBefore } from './before.ts';

/** A folder for the file, and one in which a cluster has left something. */
async function scene(): Promise<{ file: string; left: string; write(before: object): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'before-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [file, left] = [join(folder, 'before.json'), join(folder, 'left')];
  await mkdir(join(left, 'pods'), { recursive: true });
  return { file, left, write: (before) => writeFile(file, JSON.stringify({ sysctls: {}, absent: [left], ...before })) };
}

it('takes away the folders that were not there, and forgets what it had written down', async () => {
  const { file, left, write } = await scene();
  await write({});
  await restoreBefore(file);

  expect([existsSync(left), existsSync(file)]).toEqual([false, false]);
});

it('leaves a folder where another runtime has a socket open', async () => {
  const { file, left, write } = await scene();
  await write({});
  const runtime = createServer().listen(join(left, 'runtime.sock'));
  onTestFinished(() => void runtime.close());
  await new Promise((resolve) => runtime.once('listening', resolve));
  await restoreBefore(file);

  expect(existsSync(join(left, 'pods'))).toBe(true);
});

it('leaves a folder where addresses are handed out to pods of others', async () => {
  const { file, left, write } = await scene();
  await write({});
  await mkdir(join(left, 'networks', 'podman'), { recursive: true });
  await restoreBefore(file);

  expect(existsSync(join(left, 'networks', 'podman'))).toBe(true);
});

it('passes over a setting of the kernel that is gone with its module', async () => {
  const { file, write } = await scene();
  await write({ sysctls: { 'net/bridge/nobody-has-loaded-this': '1' } });
  await restoreBefore(file);

  expect(existsSync(file)).toBe(false);
});

it('brings no setting back after the machine has started anew', async () => {
  const { file, write } = await scene();
  const setting = '/proc/sys/kernel/panic';
  const now = readFileSync(setting, 'utf8');
  await write({ boot: 'another', sysctls: { 'kernel/panic': '12345' } });
  expect(await isSameBoot(file)).toBe(false);
  await restoreBefore(file);

  expect(readFileSync(setting, 'utf8')).toBe(now);
});

it('knows the boot in which it was written down', async () => {
  const { file } = await scene();
  await recordBefore(file);

  expect(await isSameBoot(file)).toBe(true);
});
