import { join } from 'node:path';
import { expect, it } from 'vitest';
import { exec } from './exec.ts';

it('gives text as it was, also where a character comes in two pieces', async () => {
  const script = `
    const bytes = Buffer.from('ä'.repeat(100_000));
    process.stdout.write(bytes.subarray(0, 70_001), () => setTimeout(() => process.stdout.write(bytes.subarray(70_001)), 50));
  `;
  const { stdout } = await exec(process.execPath, ['-e', script]);

  expect(stdout).toBe('ä'.repeat(100_000));
});

it('gives bytes as they were, and not what was said on standard error', async () => {
  const script = 'console.error("noise"); process.stdout.write(Buffer.from([0, 255, 254, 10]))';
  const { bytes } = await exec(process.execPath, ['-e', script]);

  expect([...bytes]).toEqual([0, 255, 254, 10]);
});

it.each(['$(id)', '`id`', '; id', '-rf', "it's", 'a\nb', '"', '\\', '*'])(
  'hands %j on as one argument',
  async (text) => {
    const { stdout } = await exec(process.execPath, [
      '-e',
      'process.stdout.write(JSON.stringify(process.argv.slice(1)))',
      '--',
      text,
    ]);

    expect(JSON.parse(stdout)).toEqual([text]);
  },
);

it('throws the last lines that a program said, with its name and its code', async () => {
  await expect(exec('git', ['rev-parse', '--verify', 'nothing'])).rejects.toThrow(
    '`git rev-parse` ended with 128:\n  fatal: Needed a single revision',
  );
});

it('throws where a program is not there, also for whoever takes failures', async () => {
  for (const nothrow of [false, true]) {
    await expect(exec('no-such-program', [], { nothrow })).rejects.toMatchObject({
      message: '`no-such-program` could not be started',
      hint: 'install no-such-program, or put it on PATH',
    });
  }
  expect((await exec('git', ['rev-parse', '--verify', 'nothing'], { nothrow: true })).code).toBe(128);
});

it('tells a folder that is not there from a program that is not', async () => {
  await expect(exec('git', ['status'], { cwd: '/no/such/folder', nothrow: true })).rejects.toThrow(
    '`git status` cannot run in /no/such/folder, which does not exist',
  );
});

it('starts a program itself, without a shell in between', async () => {
  const { stdout } = await exec(process.execPath, ['-e', 'process.stdout.write(String(process.ppid))']);

  expect(stdout).toBe(String(process.pid));
});

it('starts programs, and says which ones are missing, where there is no shell at all', async () => {
  const script = `
    const { exec } = await import(${JSON.stringify(join(import.meta.dirname, 'exec.ts'))});
    const { stdout } = await exec(process.execPath, ['-p', '"started"']);
    process.stdout.write(stdout + await exec('git', ['status']).catch((error) => error.message));
  `;
  const { stdout } = await exec(process.execPath, ['--input-type=module', '-e', script], { env: { PATH: '/nowhere' } });

  expect(stdout).toBe('started\n`git status` could not be started');
});
