import { createRequire } from 'node:module';
import type * as LogUpdate from 'log-update';

/** Text on a terminal that is drawn over again. */
export type Live = ReturnType<typeof LogUpdate.createLogUpdate>;

/** Log-update takes 50 ms to load, which only a terminal is worth. */
export function createLive(stream: NodeJS.WriteStream): Live {
  const { createLogUpdate } = createRequire(import.meta.url)('log-update') as typeof LogUpdate;
  return createLogUpdate(stream, { showCursor: true });
}
