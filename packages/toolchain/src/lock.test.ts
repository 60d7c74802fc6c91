import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { tryLock, withLock } from './lock.ts';

async function lockFile(): Promise<{ folder: string; file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { folder, file: join(folder, '.lock') };
}

test('a lock names its holder and is gone afterwards', async () => {
  const { folder, file } = await lockFile();
  const text = await withLock(file, {}, () => readFile(file, 'utf8'));
  expect(text).toMatch(new RegExp(`^${process.pid} \\d+\\n$`));
  expect(await readdir(folder)).toEqual([]);
});

test('two holders never overlap', async () => {
  const { file } = await lockFile();
  let inside = 0;
  const work = async (): Promise<number> => {
    const seen = ++inside;
    await sleep(5);
    inside--;
    return seen;
  };
  expect(await Promise.all(Array.from({ length: 4 }, () => withLock(file, {}, work)))).toEqual([1, 1, 1, 1]);
});

test.each([
  ['is dead', '4194999 1\n'],
  ['had this process id earlier', `${process.pid} 1\n`],
])('a lock whose holder %s is taken over', async (_why, holder) => {
  const { folder, file } = await lockFile();
  await writeFile(file, holder);
  expect(await withLock(file, {}, async () => 'done')).toBe('done');
  expect(await readdir(folder)).toEqual([]);
});

test('of a process of another user only the very holder keeps the lock', async () => {
  const { file } = await lockFile();
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
  });
  onTestFinished(() => void vi.restoreAllMocks());

  await writeFile(file, `${process.pid} 1\n`);
  expect(await withLock(file, {}, () => readFile(file, 'utf8'))).toMatch(`${process.pid} `);

  await withLock(file, {}, async () => {
    const signal = AbortSignal.timeout(300);
    await expect(withLock(file, { signal }, async () => 'never')).rejects.toThrow('aborted');
  });
});

test('of many heirs of a dead holder one alone takes the lock', async () => {
  const isAlive = (holder: string): boolean => holder !== 'dead';
  for (let round = 0; round < 20; round++) {
    const { folder, file } = await lockFile();
    await writeFile(file, 'dead');
    await writeFile(`${file}.inherit`, 'dead');

    const heirs = ['a', 'b', 'c', 'd', 'e', 'f'];
    const answers = await Promise.all(heirs.map((heir) => tryLock(file, heir, isAlive)));

    const winner = heirs[answers.indexOf(undefined)];
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
    expect(await readFile(file, 'utf8')).toBe(winner);
    expect(await readdir(folder)).toEqual(['.lock']);
  }
});

test('waiting ends with an abort', async () => {
  const { file } = await lockFile();
  await withLock(file, {}, async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(withLock(file, { signal }, async () => 'never')).rejects.toThrow('stopped');
  });
});
