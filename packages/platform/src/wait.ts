import { setTimeout as pause } from 'node:timers/promises';
import { UserError } from '@sluice/scripts/errors';

export interface WaitOptions {
  /** Milliseconds until it is an error. */
  timeout: number;
  /** Milliseconds between two tries. */
  every?: number;
  signal?: AbortSignal;
  /** Where to look when it does not happen. */
  hint?: string;
}

/** Tries until `probe` gives a value; an error or undefined means not yet. The last error is part of the message. */
export async function until<T>(what: string, probe: () => Promise<T | undefined>, options: WaitOptions): Promise<T> {
  const deadline = Date.now() + options.timeout;
  let last: unknown;
  for (;;) {
    options.signal?.throwIfAborted();
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      last = error;
    }
    if (Date.now() >= deadline) {
      const why = last instanceof Error ? ` (${last.message})` : '';
      throw new UserError(`${what} did not happen within ${Math.round(options.timeout / 1000)} s${why}`, {
        hint: options.hint,
        cause: last,
      });
    }
    await pause(options.every ?? 200, undefined, options.signal === undefined ? {} : { signal: options.signal });
  }
}
