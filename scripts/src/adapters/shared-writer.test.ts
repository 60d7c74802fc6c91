import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { createRemote, request, type TestRemote } from '../../test/remote.ts';
import type { Git } from './git.ts';
import { createSharedWriter, socketPath } from './shared-writer.ts';
import type { Written } from './writer.ts';

const branch = 'deploy/dev';

async function writeAll(remote: TestRemote, apps: readonly string[]): Promise<Written[]> {
  return Promise.all(
    apps.map(async (app) =>
      createSharedWriter(await remote.clone(app), 'origin', remote.bare).write(
        branch,
        request(remote.head, app, { basis: [app] }),
      ),
    ),
  );
}

async function meetingPlace({ bare }: TestRemote): Promise<string> {
  const found = await socketPath(bare, branch);
  if (found === undefined) throw new Error('no place to meet');
  await mkdir(dirname(found), { recursive: true });
  return found;
}

it('puts the writes of many clones into few pushes, each as its own commit', async () => {
  const remote = await createRemote();
  const apps = Array.from({ length: 12 }, (_, index) => `app-${index}`);
  const written = await writeAll(remote, apps);

  expect(written.map((each) => each.state)).toEqual(apps.map(() => 'landed'));
  expect(await remote.files(branch)).toEqual(apps.map((app) => `${app}/release.yaml`).toSorted());
  expect(await remote.subjects(branch)).toHaveLength(apps.length + 1);
  expect(await remote.pushes()).toBeLessThan(apps.length / 2);
  expect(existsSync(await meetingPlace(remote))).toBe(false);
});

it('gives each writer its own answer', async () => {
  const remote = await createRemote();
  await remote.refuse('bad/release.yaml');
  const written = await writeAll(remote, ['good', 'bad', 'other']);

  expect(written.map((each) => each.state)).toEqual(['landed', 'refused', 'landed']);
  const commits = written.flatMap((each) => (each.state === 'landed' ? [each.commit] : []));
  expect(new Set(commits).size).toBe(2);
});

it('tries again when whoever was to push for it is gone without an answer', async () => {
  const remote = await createRemote();
  let asked = 0;
  const leaver = createServer((socket) => {
    asked += 1;
    socket.on('error', () => {}).destroy();
    leaver.close();
  });
  leaver.listen(await meetingPlace(remote));
  await once(leaver, 'listening');

  expect(await writeAll(remote, ['web'])).toEqual([{ state: 'landed', commit: expect.any(String) }]);
  expect(asked).toBe(1);
});

it('takes the place of one that was killed', async () => {
  const remote = await createRemote();
  const place = await meetingPlace(remote);
  const listen = `require('node:net').createServer().listen(${JSON.stringify(place)}, () => console.log('listening'))`;
  const killed = spawn(process.execPath, ['--eval', listen], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(killed.stdout, 'data');
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect(existsSync(place)).toBe(true);

  expect(await writeAll(remote, ['web'])).toEqual([{ state: 'landed', commit: expect.any(String) }]);
});

it('goes on where another one was killed halfway through what it handed over', async () => {
  const remote = await createRemote();
  const place = await meetingPlace(remote);
  async function beKilledHalfway(): Promise<void> {
    const socket = createConnection(place).resume();
    socket.end('{"head": "');
    await once(socket, 'close');
  }
  const git: Git = {
    ...remote.git,
    async push(...args) {
      await beKilledHalfway();
      return remote.git.push(...args);
    },
  };

  expect(await createSharedWriter(git, 'origin', remote.bare).write(branch, request(remote.head, 'web'))).toEqual({
    state: 'landed',
    commit: expect.any(String),
  });
});

it('meets nobody where others could listen too', async () => {
  const remote = await createRemote();
  const folder = dirname(await meetingPlace(remote));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = remote.bare;
  try {
    const own = await socketPath(remote.bare, branch);
    expect(own?.startsWith(remote.bare)).toBe(true);
    await chmod(dirname(own ?? ''), 0o777);
    expect(await socketPath(remote.bare, branch)).toBeUndefined();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  expect(folder).not.toContain(remote.bare);
});
