import { closeSync, copyFileSync, existsSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

/** Size in bytes at which a log is rotated; one older part is kept. */
export const logLimit = 20 * 1024 * 1024;

/**
 * Keeps a log below the limit: its content moves to `<log>.1` and the file is emptied in place,
 * because the process that writes it (in append mode) keeps it open and outlives the supervisor.
 */
export function rotateLog(log: string, limit = logLimit): boolean {
  if (!existsSync(log) || statSync(log).size <= limit) return false;
  copyFileSync(log, `${log}.1`);
  truncateSync(log, 0);
  return true;
}

/** The last lines of a log, at most `lines`; empty where there is none. */
export function tailLog(log: string, lines = 12): string[] {
  if (!existsSync(log)) return [];
  const file = openSync(log, 'r');
  try {
    const size = fstatSync(file).size;
    const length = Math.min(size, 64 * 1024);
    const buffer = Buffer.alloc(length);
    readSync(file, buffer, 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines);
  } finally {
    closeSync(file);
  }
}
