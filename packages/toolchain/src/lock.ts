import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LockOptions {
  signal?: AbortSignal | undefined;
  /** Called about once a second while another process holds the lock. */
  onWait?: (holder: number) => void;
}

/**
 * Runs `work` while holding a lock file that names this process. Waits for a living holder, also in the same process,
 * and takes the lock over from a dead one.
 * @returns what `work` returns; the lock is released in any case
 * @throws what `work` throws, or the signal's reason if it is aborted while waiting
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const own = `${process.pid} ${startTime(process.pid)}\n`;
  for (let round = 0; ; round++) {
    options.signal?.throwIfAborted();
    const holder = await tryLock(file, own, isAlive);
    if (holder === undefined) break;
    if (round % 10 === 0) options.onWait?.(Number.parseInt(holder, 10));
    await sleep(100, undefined, { signal: options.signal });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * Takes a lock file, where nobody who is alive holds it.
 * @param holder the text that the file is to hold, which names who has it
 * @param isAlive whether such a text names somebody who runs; where not, the lock is taken over, by one alone
 * @returns undefined when the lock is taken, else the text of who holds it, or is just taking it over
 */
export async function tryLock(
  file: string,
  holder: string,
  isAlive: (holder: string) => boolean,
): Promise<string | undefined> {
  await mkdir(dirname(file), { recursive: true });
  const claim = `${file}.${process.pid}-${randomUUID()}`;
  await writeFile(claim, holder);
  try {
    // A link appears with its content in one step, so that nobody ever reads a lock without its holder.
    while (!(await linked(claim, file))) {
      const other = await readHolder(file);
      if (other === undefined) continue;
      if (isAlive(other)) return other;
      const heir = await discard(file, other, holder, isAlive);
      if (heir !== undefined) return heir;
    }
    return undefined;
  } finally {
    await rm(claim, { force: true });
  }
}

/** Removes the lock of one who has died, under a lock for that: else a second heir would remove what the first has taken. */
async function discard(
  file: string,
  dead: string,
  holder: string,
  isAlive: (holder: string) => boolean,
): Promise<string | undefined> {
  const inheritance = `${file}.inherit`;
  const heir = await tryLock(inheritance, holder, isAlive);
  if (heir !== undefined) return heir;
  if ((await readHolder(file)) === dead) await rm(file, { force: true });
  await rm(inheritance, { force: true });
  return undefined;
}

async function readHolder(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}

async function linked(claim: string, file: string): Promise<boolean> {
  try {
    await link(claim, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** A process id can be used again: the start time tells two processes of the same id apart. */
function isAlive(holder: string): boolean {
  const [pid, started] = holder.trim().split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // Another user's process runs, which says nothing of whose number it was.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startTime(Number(pid)) === started;
}

/** Field 22 of /proc/<pid>/stat, counted from behind the command, which may hold spaces; 0 where there is no /proc. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}
