import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf } from './process.ts';

/** A TCP socket that listens. */
export interface Listener {
  /** Dotted address, `0.0.0.0` for all, or the 32 hex digits of an IPv6 one. */
  address: string;
  port: number;
  inode: string;
}

/** Listening sockets in a text of the form of /proc/net/tcp or tcp6 (proc_net(5); state 0A is LISTEN). */
export function parseListeners(text: string): Listener[] {
  const found: Listener[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [address, port] = (fields[1] ?? '').split(':');
    const inode = fields[9];
    if (fields[3] !== '0A' || address === undefined || port === undefined || inode === undefined) continue;
    found.push({ address: decodeAddress(address), port: Number.parseInt(port, 16), inode });
  }
  return found;
}

/** Listeners of this network namespace. */
export function listListeners(): Listener[] {
  return ['tcp', 'tcp6'].flatMap((name) => {
    try {
      return parseListeners(readFileSync(`/proc/net/${name}`, 'utf8'));
    } catch {
      return [];
    }
  });
}

/** A listener that would keep `address:port` from being bound. */
export function conflicting(listeners: readonly Listener[], address: string, port: number): Listener | undefined {
  return listeners.find(
    (one) => one.port === port && (address === '0.0.0.0' || isAny(one.address) || one.address === address),
  );
}

/**
 * The process that holds a socket, as far as this user may see it: one of those that are `expected` to, where one does,
 * since a child has all sockets of its parent until it becomes another program.
 */
export function findSocketHolder(
  inode: string,
  expected: Iterable<number> = [],
): { pid: number; command: string } | undefined {
  const all = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const pid = [...expected, ...all].find((each) => holds(each, `socket:[${inode}]`));
  return pid === undefined ? undefined : { pid, command: commandOf(pid).join(' ') };
}

function holds(pid: number, wanted: string): boolean {
  const folder = `/proc/${pid}/fd`;
  return listed(folder).some((fd) => linked(join(folder, fd)) === wanted);
}

/** Nothing where a process has ended, or is another user's. */
function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** A busy process closes one file while its others are looked at. */
function linked(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function isAny(address: string): boolean {
  return address === '0.0.0.0' || /^0+$/.test(address);
}

/** The kernel prints an IPv4 address as one little-endian number. */
function decodeAddress(hex: string): string {
  if (hex.length !== 8) return hex;
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}
