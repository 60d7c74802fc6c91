import { execFileSync } from 'node:child_process';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { emptyBuildCaches, ensureTool } from './index.ts';
import { withLock } from './lock.ts';
import { ensureInProcess, hasGo, repository, type Fixture } from './testing/fixture.ts';

function moduleFile(fixture: Fixture, name: string): string {
  return join(fixture.root, 'infrastructure/local/tools/hello', name);
}

async function stagedOne(fixture: Fixture): Promise<string | undefined> {
  const tool = join(fixture.state, 'tools/hello');
  const [folder] = (await readdir(tool).catch(() => [])).filter((name) => name.startsWith('1.0.0-'));
  const file = join(tool, folder ?? '', 'staging-source/one');
  return (await stat(file).catch(() => undefined)) ? file : undefined;
}

describe.runIf(hasGo)('a build from source', { timeout: 120_000 }, () => {
  test('makes a tool that runs, and says what it compiles', async () => {
    const fixture = await repository({ binaries: ['hello'] });
    const tool = await ensureTool('hello', fixture);
    expect(tool).toMatchObject({ source: 'source', from: 'source' });
    expect(execFileSync(tool.bin['hello'] ?? '', { stdio: 'pipe' })).toBeDefined();
    expect(fixture.events.some((event) => event.phase === 'build')).toBe(true);
    expect(fixture.events.at(-1)).toMatchObject({ phase: 'done', detail: '1.0.0 from source' });
  });

  test('is made anew when the module’s own sources change', async () => {
    const fixture = await repository({ binaries: ['hello'] });
    const before = await ensureTool('hello', fixture);
    await writeFile(moduleFile(fixture, 'hello/main.go'), 'package main\n\nfunc main() { println("changed") }\n');
    const after = await ensureTool('hello', fixture);
    expect(after.source).toBe('source');
    expect(after.bin).not.toEqual(before.bin);
  });

  test('that fails gives the compiler’s words and a command to try', async () => {
    const fixture = await repository({ binaries: ['hello'] });
    await writeFile(moduleFile(fixture, 'hello/main.go'), 'package main\n\nfunc main() { missing() }\n');
    await expect(ensureTool('hello', fixture)).rejects.toMatchObject({
      name: 'ToolError',
      message: expect.stringContaining('undefined: missing') as string,
      hint: expect.stringContaining('go build') as string,
    });
  });

  test('happens once when two processes ask at once', async () => {
    const fixture = await repository({ binaries: ['hello'] });
    const runs = await Promise.all([ensureInProcess(fixture).done, ensureInProcess(fixture).done]);
    expect(new Set(runs.map((events) => events.at(-1)?.['source']))).toEqual(new Set(['cache', 'source']));
  });

  test('goes on where a killed one stopped', async () => {
    const fixture = await repository({ binaries: ['one', 'two'] });
    const child = ensureInProcess(fixture);
    let staged: string | undefined;
    while ((staged = await stagedOne(fixture)) === undefined) await sleep(5);
    child.kill('SIGKILL');
    await child.done;
    const { ino } = await stat(staged);
    const tool = await ensureTool('hello', fixture);
    expect((await stat(tool.bin['one'] ?? '')).ino).toBe(ino);
    expect(execFileSync(tool.bin['two'] ?? '', { stdio: 'pipe' })).toBeDefined();
  });

  test('stops when it is aborted, and can be run again', async () => {
    const fixture = await repository({ binaries: ['hello'] });
    const stop = new AbortController();
    const onEvent = (event: { phase: string; detail: string }): void => {
      if (event.detail.startsWith('hello')) stop.abort(new Error('stopped'));
    };
    await expect(ensureTool('hello', { ...fixture, onEvent, signal: stop.signal })).rejects.toThrow('stopped');
    expect((await ensureTool('hello', fixture)).source).toBe('source');
  });

  test('leaves caches that can be emptied', async () => {
    const fixture = await repository({ binaries: ['hello'] });
    const tool = await ensureTool('hello', fixture);
    await emptyBuildCaches(fixture);
    expect(await readdir(join(fixture.state, 'build/'))).toEqual([]);
    expect((await stat(tool.bin['hello'] ?? '')).isFile()).toBe(true);
  });

  test('leaves caches that are not emptied while modules are downloaded', async () => {
    const { state, env } = await repository({ binaries: ['hello'] });
    const order: string[] = [];
    let emptied: Promise<unknown> = Promise.resolve();
    await withLock(join(state, 'build/.modules-lock'), {}, async () => {
      emptied = emptyBuildCaches({ state, env }).then(() => order.push('emptied'));
      await sleep(150);
      order.push('downloaded');
    });
    await emptied;
    expect(order).toEqual(['downloaded', 'emptied']);
  });
});
