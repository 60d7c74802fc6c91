import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identify } from '../linux/process.ts';
import { takeTurn, turnHolder } from './turn.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sluice-turn-'))));
afterEach(async () => await rm(folder, { recursive: true }));

it('names the process that has the turn, and gives it on after its release', async () => {
  const turn = await takeTurn(folder);
  expect(await takeTurn(folder)).toMatchObject({ pid: process.pid });
  if ('release' in turn) await turn.release();
  expect(await turnHolder(folder)).toBeUndefined();
  expect(await takeTurn(folder)).toHaveProperty('release');
  expect(await readdir(folder)).toEqual(['2.json']);
});

it('passes over a turn whose process was killed, or whose process id belongs to another now', async () => {
  const child = spawn('sleep', ['60']);
  const id = identify(child.pid ?? 0);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '7.json'), JSON.stringify({ ...id, since: '' }));
  expect(await takeTurn(folder)).toMatchObject({ pid: child.pid });
  await writeFile(join(folder, '7.json'), JSON.stringify({ ...id, start: 'earlier', since: '' }));
  expect(await turnHolder(folder)).toBeUndefined();
  await writeFile(join(folder, '7.json'), JSON.stringify({ ...id, since: '' }));
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await takeTurn(folder)).toHaveProperty('release');
  expect(await readdir(folder)).toEqual(['8.json']);
});

it('goes to exactly one of many processes that want it at once', async () => {
  const code = `
    const { takeTurn } = await import(${JSON.stringify(join(import.meta.dirname, 'turn.ts'))});
    process.stdin.once('data', async () => {
      const turn = await takeTurn(${JSON.stringify(folder)});
      process.stdout.write('release' in turn ? 'mine' : 'other');
    });
    process.stdin.once('end', () => process.exit());
    process.stderr.write('ready');`;
  await writeFile(join(folder, '3.json'), JSON.stringify({ pid: 1, start: 'long ago', since: '' }));
  const children = Array.from({ length: 6 }, () => spawn(process.execPath, ['--input-type=module', '-e', code]));
  await Promise.all(children.map(async (child) => await once(child.stderr, 'data')));
  const answers = children.map(async (child) => String((await once(child.stdout, 'data'))[0]));
  for (const child of children) child.stdin.write('go\n');
  expect((await Promise.all(answers)).filter((answer) => answer === 'mine')).toHaveLength(1);
  for (const child of children) child.stdin.end();
  await Promise.all(children.map(async (child) => await once(child, 'exit')));
});
