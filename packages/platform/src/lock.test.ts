import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquireHostLock } from './host-lock.ts';
import { identify } from './linux/process.ts';
import { acquireLock } from './lock.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-lock-'));
  file = join(folder, 'lock');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('lock', () => {
  it('names its holder to the next one: pid, command, since when and state folder', async () => {
    await acquireLock(file, 'start', '/somewhere');

    await expect(acquireLock(file, 'stop', '/somewhere')).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(
          `^the local platform is busy: process ${process.pid} \\(start\\) since \\d{4}-.*, state folder /somewhere$`,
        ),
      ),
      exit: 'blocked',
    });
  });

  it('of a process that has ended is taken over', async () => {
    const child = spawn('/bin/sleep', ['1000']);
    const holder = { ...identify(child.pid ?? 0), command: 'start', since: '', state: folder };
    writeFileSync(file, JSON.stringify(holder));
    await expect(acquireLock(file, 'start', folder)).rejects.toThrow('busy');
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill('SIGKILL');
    await ended;

    const lock = await acquireLock(file, 'start', folder);

    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is taken over when its file holds nothing readable', async () => {
    writeFileSync(file, '');

    await expect(acquireLock(file, 'start', folder)).resolves.toBeDefined();
  });
});

describe.runIf(process.platform === 'linux')('host lock', () => {
  it('is held across state folders and free again after its release', async () => {
    const name = `\0sluice-test-${process.pid}`;
    const lock = await acquireHostLock('start', '/one', name);

    await expect(acquireHostLock('start', '/two', name)).rejects.toThrow(/\(start\) since .*, state folder \/one$/);
    await lock.release();

    await (await acquireHostLock('start', '/two', name)).release();
  });
});
