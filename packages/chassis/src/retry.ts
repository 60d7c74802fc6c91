import pRetry from 'p-retry';

export interface RetryOptions {
  /** How often it is tried again; Infinity for as long as the signal lets it. */
  retries: number;
  /** The wait before the first retry, doubled with each and drawn out at random by up to twice. */
  firstWaitMs: number;
  longestWaitMs: number;
  signal?: AbortSignal;
  /** Whether another attempt may end better; the default is that it may. */
  worthIt?: (error: Error) => boolean;
  onRetry?: (error: Error, waitMs: number) => void;
}

/**
 * Tries again, with growing and randomised waits, what failed and may succeed later: for what can be repeated without harm.
 * Rejects with the error of the last attempt, or with the signal's reason where that comes first.
 */
export function retry<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { retries, firstWaitMs, longestWaitMs, signal, worthIt = () => true, onRetry } = options;
  return pRetry(attempt, {
    retries,
    minTimeout: firstWaitMs,
    maxTimeout: longestWaitMs,
    randomize: true,
    ...(signal === undefined ? {} : { signal }),
    shouldRetry: ({ error, retryDelay }) => {
      const again = worthIt(error);
      if (again) onRetry?.(error, retryDelay);
      return again;
    },
  });
}
