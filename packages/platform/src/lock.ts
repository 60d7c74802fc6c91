import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { isErrno } from './files.ts';
import { identify, isAlive, type ProcessId } from './linux/process.ts';

/** Who holds a lock. */
export interface Holder extends ProcessId {
  command: string;
  /** ISO time. */
  since: string;
  state: string;
}

export interface Lock {
  release(): Promise<void>;
}

/**
 * Takes the lock in `file` for this process. Where a running process holds it, a UserError names that one;
 * the lock of a process that has ended is taken over.
 */
export async function acquireLock(file: string, command: string, state: string): Promise<Lock> {
  const id = identify(process.pid);
  if (id === undefined) throw new Error('this process cannot find itself');
  const holder: Holder = { ...id, command, since: new Date().toISOString(), state };
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(holder)}\n`);
  try {
    await linkUnlessHeld(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return {
    async release() {
      if ((await readHolder(file))?.pid === process.pid) await rm(file, { force: true });
    },
  };
}

/** The one who holds the lock, running or not. */
async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** How a holder is named in messages. */
function describeHolder(holder: Holder): string {
  return `process ${holder.pid} (${holder.command}) since ${holder.since}, state folder ${holder.state}`;
}

export function heldError(holder: Holder): UserError {
  return new UserError(`the local platform is busy: ${describeHolder(holder)}`, {
    hint: `wait until it ends, or end it with: kill ${holder.pid}`,
    exit: 'blocked',
  });
}

/** A link appears whole or not at all, so no one reads a lock without its holder. */
async function linkUnlessHeld(draft: string, file: string): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    try {
      await link(draft, file);
      return;
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
    const holder = await readHolder(file);
    if (isAlive(holder)) throw heldError(holder);
    await rm(file, { force: true });
  }
  throw new UserError(`cannot take the lock ${file}`, { hint: 'another start or stop takes it again and again' });
}
