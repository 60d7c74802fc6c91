import { readdirSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
  pid: number;
  /** Boot and start time; opaque, only compared. */
  start: string;
}

/** Identifies a running process; undefined where there is none (a zombie counts as none). */
export function identify(pid: number): ProcessId | undefined {
  const start = process.platform === 'linux' ? linuxStart(pid) : portableStart(pid);
  return start === undefined ? undefined : { pid, start };
}

/** True while exactly this process runs. */
export function isAlive(id: ProcessId | undefined): id is ProcessId {
  return id !== undefined && identify(id.pid)?.start === id.start;
}

/** Sends a signal to exactly this process; false where it has ended. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(id)) return false;
  try {
    process.kill(id.pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Ends a process: SIGTERM, and after `grace` milliseconds SIGKILL. Resolves when it is gone. */
export async function endProcess(id: ProcessId, grace: number): Promise<void> {
  if (!signalProcess(id, 'SIGTERM')) return;
  const deadline = Date.now() + grace;
  let wait = 5;
  while (isAlive(id)) {
    if (Date.now() > deadline) signalProcess(id, 'SIGKILL');
    await pause(wait);
    wait = Math.min(wait * 2, 50);
  }
}

export interface ProcessFacts extends ProcessId {
  parent: number;
  command: string[];
}

/** Processes for which `matches` holds; what cannot be read (another user's, just ended) is left out. */
export function findProcesses(matches: (pid: number, command: string[]) => boolean): ProcessFacts[] {
  const found: ProcessFacts[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = commandOf(pid);
    if (command.length === 0 || !matches(pid, command)) continue;
    const id = identify(pid);
    if (id !== undefined) found.push({ ...id, parent: parentOf(pid), command });
  }
  return found;
}

/** The command line of a process; empty for kernel threads and what has ended. */
export function commandOf(pid: number): string[] {
  const text = readProc(pid, 'cmdline') ?? '';
  return text === '' ? [] : text.replace(/\0$/, '').split('\0');
}

/** The value of a variable in the environment that a process was started with. */
export function variableOf(pid: number, name: string): string | undefined {
  const prefix = `${name}=`;
  return (readProc(pid, 'environ') ?? '')
    .split('\0')
    .find((entry) => entry.startsWith(prefix))
    ?.slice(prefix.length);
}

function parentOf(pid: number): number {
  return Number(statFields(pid)?.[1] ?? 0);
}

/** Fields of /proc/<pid>/stat from the third (state) on; the second, the name, may hold spaces and brackets. */
function statFields(pid: number): string[] | undefined {
  const stat = readProc(pid, 'stat');
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

let bootId: string | undefined;

function linuxStart(pid: number): string | undefined {
  const fields = statFields(pid);
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  // Field 22 of proc_pid_stat(5), start time in clock ticks since boot.
  return `${bootId}:${fields[19]}`;
}

function portableStart(pid: number): string | undefined {
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
