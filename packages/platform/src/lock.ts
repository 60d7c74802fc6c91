import { rm } from 'node:fs/promises';
import { UserError } from '@sluice/scripts/errors';
import { tryLock } from '@sluice/toolchain';
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
  const own: Holder = { ...id, command, since: new Date().toISOString(), state };
  const other = await tryLock(file, `${JSON.stringify(own)}\n`, (text) => isAlive(parseHolder(text)));
  if (other !== undefined) throw heldError(JSON.parse(other) as Holder);
  return { release: async () => await rm(file, { force: true }) };
}

/** Undefined where the text names nobody: a crash of the machine can empty a file. */
function parseHolder(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder;
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
