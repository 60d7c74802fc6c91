import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** True while any process of a group lives (a zombie does not); the group's id is the pid of the one that began it. */
export function isGroupAlive(group: number): boolean {
  if (process.platform !== 'linux') return signal(-group, 0);
  return readdirSync('/proc').some((entry) => /^\d+$/.test(entry) && isLiveMember(entry, group));
}

/** Ends a process group: SIGTERM, and SIGKILL for what is left after `grace` milliseconds. Resolves when it is gone. */
export async function endGroup(group: number, grace = 5000): Promise<void> {
  const deadline = Date.now() + grace;
  signal(-group, 'SIGTERM');
  while (isGroupAlive(group)) {
    if (Date.now() > deadline) signal(-group, 'SIGKILL');
    await pause(20);
  }
}

/** Sends a signal to a process, or to a group by its negative id; false when there is none. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Fields 3 (state) and 5 (group) of proc_pid_stat(5); the second, the command, may hold spaces and brackets. */
function isLiveMember(pid: string, group: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, , id] = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return Number(id) === group && state !== 'Z';
  } catch {
    return false;
  }
}
