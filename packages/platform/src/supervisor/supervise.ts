import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findProcesses, identify, isAlive, signalProcess, variableOf, type ProcessId } from '../linux/process.ts';
import { hashSpec, type ProcessFiles } from './files.ts';
import { rotateLog } from './logs.ts';
import { isReady } from './readiness.ts';
import { marker, type Phase, type ProcessSpec, type ProcessState } from './spec.ts';

/** Milliseconds before the first restart; doubled at each further one, up to the limit. */
const firstDelay = 250;
const longestDelay = 15_000;
/** A process that ran this long starts with the first delay again. */
const settledAfter = 30_000;

interface Managed {
  spec: ProcessSpec;
  hash: string;
  id: ProcessId | undefined;
  state: ProcessState;
  startedAt: number;
  nextStart: number;
  delay: number;
  probing: boolean;
  /** An earlier process with another spec, being replaced. */
  leaving: ProcessId | undefined;
  /** False where pid and state did not get to the disk. */
  saved: boolean;
}

export interface Supervision {
  /** Reads the specs again: new ones start, changed ones restart, removed ones are let go. */
  reload(): void;
  /** Ends the supervision and leaves every process running. */
  release(): void;
}

/**
 * Keeps the processes of `files` running, first taking over those that already do. What fails is tried again at each
 * tick; `tell` gets a line of it once, or again where it throws.
 */
export function supervise(files: ProcessFiles, tell: (line: string) => void): Supervision {
  const managed = new Map<string, Managed>();
  /** What fails just now and has been told. */
  const failing = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let released = false;

  function reload(): void {
    const names = files.names().filter((name) => files.readSpec(name) !== undefined);
    for (const name of managed.keys()) if (!names.includes(name)) managed.delete(name);
    for (const name of names) {
      const spec = files.readSpec(name);
      if (spec === undefined || managed.get(name)?.hash === hashSpec(spec)) continue;
      managed.set(name, adopt(spec, managed.get(name)));
    }
    tick();
  }

  function adopt(spec: ProcessSpec, before: Managed | undefined): Managed {
    const hash = hashSpec(spec);
    const recorded = files.readPid(spec.name);
    const running = isAlive(recorded) ? recorded : findUnrecorded(files, spec);
    const same = running !== undefined && (!('spec' in running) || running.spec === hash);
    const entry: Managed = {
      spec,
      hash,
      id: same ? running : undefined,
      leaving: same ? undefined : running,
      state: { phase: 'waiting', since: new Date().toISOString(), restarts: before?.state.restarts ?? 0 },
      startedAt: Date.now(),
      nextStart: 0,
      delay: firstDelay,
      probing: false,
      saved: true,
    };
    if (entry.leaving !== undefined) signalProcess(entry.leaving, 'SIGTERM');
    if (entry.id !== undefined) change(entry, 'starting');
    return entry;
  }

  function tick(): void {
    if (released) return;
    clearTimeout(timer);
    for (const entry of managed.values()) succeeds(entry.spec.name, () => attend(entry));
    const settled = [...managed.values()].every((entry) => entry.state.phase === 'ready');
    timer = setTimeout(tick, settled ? 1000 : 100);
  }

  /** False where work fails, as on a full disk: an error that ends the supervisor would leave all without one. */
  function succeeds(what: string, work: () => void): boolean {
    try {
      work();
      failing.delete(what);
      return true;
    } catch (error) {
      if (!failing.has(what)) toldOf(what, error);
      return false;
    }
  }

  function toldOf(what: string, error: unknown): void {
    try {
      tell(`${new Date().toISOString()} ${what}: ${String(error)}; tried again until it succeeds`);
      failing.add(what);
    } catch {
      // The log is on the same disk.
    }
  }

  function attend(entry: Managed): void {
    if (!entry.saved) save(entry);
    if (entry.leaving !== undefined) {
      if (isAlive(entry.leaving)) {
        if (Date.now() - entry.startedAt > 10_000) signalProcess(entry.leaving, 'SIGKILL');
        return;
      }
      entry.leaving = undefined;
    }
    if (entry.id !== undefined && !isAlive(entry.id)) ended(entry, 'ended');
    if (entry.id === undefined) {
      if (Date.now() >= entry.nextStart && isDue(entry.spec)) launch(entry);
      return;
    }
    if (entry.state.phase === 'starting') void probe(entry);
    else if (Date.now() - entry.startedAt > settledAfter) entry.delay = firstDelay;
    rotateLog(entry.spec.log);
  }

  function isDue(spec: ProcessSpec): boolean {
    return (spec.after ?? []).every((name) => managed.get(name)?.state.phase === 'ready');
  }

  function launch(entry: Managed): void {
    const { spec } = entry;
    // A stop may have taken the spec back since the last reload.
    if (files.readSpec(spec.name) === undefined) return;
    mkdirSync(dirname(spec.log), { recursive: true });
    const log = openSync(spec.log, 'a', 0o600);
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd ?? '/',
      env: { ...spec.env, [marker]: join(files.folder, spec.name) },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    entry.startedAt = Date.now();
    entry.id = child.pid === undefined ? undefined : identify(child.pid);
    change(entry, 'starting');
    const started = entry.id;
    child.on('error', (error) => ended(entry, error.message));
    child.on('exit', (code, signal) => {
      if (entry.id === undefined || entry.id.pid === started?.pid) ended(entry, signal ?? `code ${code}`);
    });
  }

  function ended(entry: Managed, how: string): void {
    if (managed.get(entry.spec.name) !== entry || entry.state.phase === 'backoff') return;
    entry.id = undefined;
    entry.state.restarts += 1;
    entry.state.lastEnd = how;
    entry.nextStart = Date.now() + entry.delay;
    entry.delay = Math.min(entry.delay * 2, longestDelay);
    change(entry, 'backoff');
  }

  async function probe(entry: Managed): Promise<void> {
    if (entry.probing) return;
    entry.probing = true;
    const id = entry.id;
    const ready = entry.spec.ready === undefined || (await isReady(entry.spec.ready));
    entry.probing = false;
    if (ready && entry.id === id && entry.state.phase === 'starting') {
      change(entry, 'ready');
      tick();
    }
  }

  function change(entry: Managed, phase: Phase): void {
    entry.state = { ...entry.state, phase, pid: entry.id?.pid, since: new Date().toISOString() };
    save(entry);
  }

  function save(entry: Managed): void {
    const { spec, hash, id, state } = entry;
    entry.saved = succeeds(`files of ${spec.name}`, () => {
      const isNew = state.phase === 'starting' || !entry.saved;
      if (id !== undefined && isNew) files.writePid(spec.name, { ...id, spec: hash });
      if (managed.has(spec.name) && files.readSpec(spec.name) === undefined) return;
      files.writeState(spec.name, state);
    });
  }

  reload();
  return {
    reload,
    release() {
      released = true;
      clearTimeout(timer);
    },
  };
}

/** A process of this spec whose pid never reached the disk, because its supervisor was killed right after the start. */
function findUnrecorded(files: ProcessFiles, spec: ProcessSpec): ProcessId | undefined {
  if (process.platform !== 'linux') return undefined;
  const line = [spec.command, ...spec.args].join('\0');
  return findProcesses(
    (pid, command) => command.join('\0') === line && variableOf(pid, marker) === join(files.folder, spec.name),
  )[0];
}
