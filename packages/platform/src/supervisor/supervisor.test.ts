import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { identify, isAlive } from '../linux/process.ts';
import { ensureProcesses, runningProcesses, stopProcess, stopSupervisor, waitReady } from './client.ts';
import { createProcessFiles, type ProcessFiles } from './files.ts';
import { rotateLog } from './logs.ts';
import type { ProcessSpec } from './spec.ts';
import { supervise } from './supervise.ts';

// How long a condition may take on a machine that is busy with other things, in ms; what comes earlier is not waited for.
const patience = 20_000;

let folder: string;
let files: ProcessFiles;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-supervisor-'));
  files = createProcessFiles(join(folder, 'processes'));
});

afterEach(async () => {
  await stopSupervisor(files);
  await Promise.all(files.names().map((name) => stopProcess(files, name, 500)));
  rmSync(folder, { recursive: true, force: true });
});

function sleeper(name: string, more: Partial<ProcessSpec> = {}): ProcessSpec {
  return { name, command: '/bin/sleep', args: ['1000'], env: {}, log: join(folder, `${name}.log`), ...more };
}

async function startAll(...specs: ProcessSpec[]): Promise<void> {
  await ensureProcesses(files, specs);
  await waitReady(
    files,
    specs.map((spec) => spec.name),
    { timeout: patience },
  );
}

function pidOf(name: string): number {
  return files.readPid(name)?.pid ?? 0;
}

function kill(pid: number | undefined): void {
  if (pid === undefined || pid === 0) throw new Error('no process to kill');
  process.kill(pid, 'SIGKILL');
}

describe('supervisor', { timeout: 60_000 }, () => {
  it('starts a process again after it was killed', async () => {
    await startAll(sleeper('one'));
    const first = pidOf('one');

    kill(first);

    await vi.waitFor(() => expect(pidOf('one')).not.toBe(first), patience);
    await waitReady(files, ['one'], { timeout: patience });
    expect(files.readState('one')).toMatchObject({ restarts: 1, lastEnd: 'SIGKILL' });
  });

  it('outlives a full disk, says so once, and writes what it could not as soon as there is room', async () => {
    let full = false;
    const write = <A extends unknown[]>(work: (...args: A) => void): ((...args: A) => void) => {
      return (...args) => {
        if (full) throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
        work(...args);
      };
    };
    const said = vi.fn<(line: string) => void>();
    files.writeSpec(sleeper('one'));
    const limited = { ...files, writePid: write(files.writePid), writeState: write(files.writeState) };
    const { release } = supervise(limited, said);
    onTestFinished(release);
    await vi.waitFor(() => expect(files.readState('one')?.phase).toBe('ready'), patience);

    full = true;
    kill(pidOf('one'));
    await vi.waitFor(() => expect(said).toHaveBeenCalled(), patience);
    await pause(500);
    expect(said.mock.calls.map(([line]) => line.replace(/^\S+ /, ''))).toEqual([
      'files of one: Error: ENOSPC: no space left on device; tried again until it succeeds',
    ]);
    full = false;

    await vi.waitFor(() => expect(files.readState('one')).toMatchObject({ phase: 'ready', restarts: 1 }), patience);
    expect(isAlive(files.readPid('one'))).toBe(true);
    expect(files.readState('one')?.pid).toBe(pidOf('one'));
  });

  it('leaves its processes running when it is killed, and the next one adopts them', async () => {
    await startAll(sleeper('one'), sleeper('two'));
    const before = [pidOf('one'), pidOf('two')];

    kill(files.readSupervisor()?.pid);
    await vi.waitFor(() => expect(isAlive(files.readSupervisor())).toBe(false), patience);
    kill(before[1]);
    await startAll(sleeper('one'), sleeper('two'));

    expect(pidOf('one')).toBe(before[0]);
    expect(pidOf('two')).not.toBe(before[1]);
  });

  it('adopts a process whose pid never reached the disk', async () => {
    await startAll(sleeper('one'));
    const before = pidOf('one');

    kill(files.readSupervisor()?.pid);
    rmSync(join(files.folder, 'one', 'pid.json'));
    await startAll(sleeper('one'));

    expect(pidOf('one')).toBe(before);
  });

  it('never takes a later process with the same pid for its own', async () => {
    await startAll(sleeper('one'));
    const real = files.readPid('one');
    kill(files.readSupervisor()?.pid);
    kill(real?.pid);
    const own = identify(process.pid);
    files.writePid('one', { pid: process.pid, start: `${own?.start}0`, spec: real?.spec ?? '' });

    await startAll(sleeper('one'));

    expect(pidOf('one')).not.toBe(process.pid);
    expect(runningProcesses(files)).toEqual(['one']);
  });

  it('restarts a process whose spec has changed', async () => {
    await startAll(sleeper('one'));
    const before = pidOf('one');

    await startAll(sleeper('one', { args: ['2000'] }));

    expect(pidOf('one')).not.toBe(before);
    expect(identify(before)).toBeUndefined();
  });

  it('waits with a process until what it needs is ready', async () => {
    const socket = join(folder, 'socket');
    const script = `setTimeout(() => require('net').createServer().listen(${JSON.stringify(socket)}), 300)`;
    const server = sleeper('server', {
      command: process.execPath,
      args: ['-e', script],
      ready: { kind: 'socket', path: socket },
    });

    await startAll(sleeper('client', { after: ['server'] }), server);

    const since = (name: string): string => files.readState(name)?.since ?? '';
    expect(since('client') >= since('server')).toBe(true);
  });

  it('shows the end of the log of a process that keeps ending', async () => {
    const failing = sleeper('bad', {
      command: '/bin/sh',
      args: ['-c', 'echo no such disk; exit 3'],
      ready: { kind: 'socket', path: '/nowhere' },
    });

    await ensureProcesses(files, [failing]);

    await expect(waitReady(files, ['bad'], { timeout: patience })).rejects.toMatchObject({
      message: 'bad ended 5 times (code 3)',
      hint: expect.stringContaining('no such disk'),
    });
  });

  it('forgets a process that is stopped, and its supervisor does not start it again', async () => {
    await startAll(sleeper('one'), sleeper('two'));
    const pid = pidOf('one');

    await stopProcess(files, 'one');

    expect(identify(pid)).toBeUndefined();
    await vi.waitFor(() => expect(files.readState('two')?.phase).toBe('ready'), patience);
    expect(existsSync(join(files.folder, 'one'))).toBe(false);
    expect(runningProcesses(files)).toEqual(['two']);
  });

  it('kills what does not end by itself', async () => {
    const stubborn = sleeper('stubborn', {
      command: process.execPath,
      args: ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"],
    });
    await startAll(stubborn);
    const pid = pidOf('stubborn');

    await stopProcess(files, 'stubborn', 300);

    expect(identify(pid)).toBeUndefined();
  });

  it('keeps one older part of a log that has grown too large', async () => {
    const log = join(folder, 'large.log');
    await startAll(sleeper('large', { command: '/bin/sh', args: ['-c', 'echo first; exec sleep 1000'], log }));
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toBe('first\n'), patience);

    expect(rotateLog(log, 3)).toBe(true);

    expect([readFileSync(log, 'utf8'), readFileSync(`${log}.1`, 'utf8')]).toEqual(['', 'first\n']);
  });
});
