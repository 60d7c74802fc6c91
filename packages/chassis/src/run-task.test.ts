import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runToEnd } from '../fixtures/process.ts';

const task = fileURLToPath(new URL('../fixtures/task.ts', import.meta.url));

interface Ended {
  code: number | null;
  log: Record<string, unknown>[];
}

/** Runs the task and stops it by a signal, where one is given, as soon as it works. */
async function run(env: Record<string, string>, signal?: NodeJS.Signals): Promise<Ended> {
  const child = spawn(process.execPath, [task], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const log: Record<string, unknown>[] = [];
  for await (const line of createInterface(child.stdout)) {
    log.push(JSON.parse(line) as Record<string, unknown>);
    if (signal !== undefined) child.kill(signal);
  }
  const [code] = await exited;
  return { code: code as number | null, log };
}

it('ends with 0 when it is done, having logged as the service does', async () => {
  const { code, log } = await run({ VERSION: 'v2' });

  expect(code).toBe(0);
  expect(log).toMatchObject([{ level: 'INFO', message: 'working', service: 'task', version: 'v2' }]);
});

it('ends with 1 when it fails, with the reason as the last line of its log', async () => {
  const { code, log } = await run({ FAIL: 'the disk is full' });

  expect(code).toBe(1);
  expect(log.at(-1)).toMatchObject({
    level: 'FATAL',
    message: 'the task failed',
    err: { message: 'the disk is full' },
  });
});

it('ends at SIGTERM, which the first process of a container would otherwise not', async () => {
  expect(await run({ FAIL: 'never ends' }, 'SIGTERM')).toMatchObject({ code: 143 });
});

it('lists wrong settings without a stack and ends with 1', async () => {
  const { code, stderr } = await runToEnd(task, { LOG_LEVEL: 'loud' });

  expect(code).toBe(1);
  expect(stderr).toContain('LOG_LEVEL="loud": expected one of trace');
  expect(stderr).not.toContain('    at ');
});
