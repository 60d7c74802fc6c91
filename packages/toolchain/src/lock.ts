import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  await mkdir(dirname(file), { recursive: true });
  const claim = `${file}.${process.pid}-${randomUUID()}`;
  await writeFile(claim, `${process.pid} ${startTime(process.pid)}\n`);
  try {
    await acquire(file, claim, options);
  } finally {
    await rm(claim, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, claim: string, options: LockOptions): Promise<void> {
  for (let round = 0; ; round++) {
    options.signal?.throwIfAborted();
    // A link appears with its content in one step, so that nobody ever reads a lock without its holder.
    if (await linked(claim, file)) return;
    const holder = await readFile(file, 'utf8').catch(() => undefined);
    if (holder === undefined) continue;
    if (!isAlive(holder)) await discard(file, holder);
    else {
      if (round % 10 === 0) options.onWait?.(Number.parseInt(holder, 10));
      await sleep(100, undefined, { signal: options.signal });
    }
  }
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

/** Moves a dead holder's lock away; if another process took it over in between, that lock is put back. */
async function discard(file: string, dead: string): Promise<void> {
  const aside = `${file}.dead-${process.pid}-${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) !== dead) await linked(aside, file);
  await rm(aside, { force: true });
}

/** A process id can be used again: the start time tells two processes of the same id apart. */
function isAlive(holder: string): boolean {
  const [pid, started] = holder.trim().split(' ');
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
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
