import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { conflicting, findSocketHolder, listListeners, type Listener } from './linux/ports.ts';
import { settingsFile } from './settings.ts';

const gibibyte = 1024 ** 3;

/** A TCP port that is going to be bound. */
export interface PortUse {
  /** Key in the settings file. */
  key: string;
  address: string;
  port: number;
}

/** Refuses anyone but root: `uid` is the effective user's number. */
export function requireRoot(uid: number | undefined): void {
  if (uid === 0) return;
  throw new UserError(`the embedded driver needs root, this is user ${uid ?? 'unknown'}`, {
    hint: 'run it as root (sudo -E), or start Docker and choose --driver kind, or name a cluster with --driver context --context <name>',
  });
}

/** Refuses ports that others hold, all at once and with their holders. Processes in `own` may hold them. */
export function requirePorts(
  ports: readonly PortUse[],
  own: ReadonlySet<number>,
  listeners: readonly Listener[] = listListeners(),
): void {
  const taken: string[] = [];
  for (const { key, address, port } of ports) {
    const listener = conflicting(listeners, address, port);
    if (listener === undefined) continue;
    const holder = findSocketHolder(listener.inode, own);
    if (holder !== undefined && own.has(holder.pid)) continue;
    const who =
      holder === undefined ? 'a process that this user may not see' : `process ${holder.pid} (${holder.command})`;
    taken.push(`port ${port} on ${address} (ports.${key}) is held by ${who}`);
  }
  if (taken.length === 0) return;
  throw new UserError(taken.length === 1 ? `${taken[0]}` : `${taken.length} ports are in use`, {
    hint: [...(taken.length === 1 ? [] : taken), `end the holder, or choose another port in ${settingsFile}`].join(
      '\n',
    ),
  });
}

/** Refuses when less than `needed` GiB are free where `folder` is or will be. */
export async function requireDisk(folder: string, needed: number, free?: number): Promise<void> {
  const found = (free ?? (await freeBytes(folder))) / gibibyte;
  if (found >= needed) return;
  throw new UserError(`too little disk for ${folder}: ${needed} GiB needed, ${found.toFixed(1)} GiB found`, {
    hint: 'free some, or put the state folder elsewhere: SLUICE_STATE=/path/with/space pnpm start',
  });
}

/** Refuses when less than `needed` GiB of memory are available. */
export async function requireMemory(needed: number, available?: number): Promise<void> {
  const found = (available ?? (await availableBytes())) / gibibyte;
  if (found >= needed) return;
  throw new UserError(`too little memory: ${needed} GiB needed, ${found.toFixed(1)} GiB available`, {
    hint: 'end what uses it, or use a larger machine',
  });
}

/** Refuses a state folder whose sockets would not fit the kernel's 107 bytes (unix(7)). */
export function requireShortState(state: string): void {
  const longest = join(state, 'run', 'containerd', 'containerd.sock.ttrpc');
  if (Buffer.byteLength(longest) <= 107) return;
  throw new UserError(`the path of the state folder ${state} is too long for the sockets in it`, {
    hint: `choose one of at most ${107 - (Buffer.byteLength(longest) - Buffer.byteLength(state))} bytes: SLUICE_STATE=/path pnpm start`,
  });
}

async function freeBytes(folder: string): Promise<number> {
  let at = folder;
  while (!existsSync(at)) at = dirname(at);
  const { bavail, bsize } = await statfs(at);
  return bavail * bsize;
}

/** MemAvailable counts what caches would give back (proc_meminfo(5)). */
async function availableBytes(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const kibibytes = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
}
