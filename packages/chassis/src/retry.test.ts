import { expect, it } from 'vitest';
import { retry, type RetryOptions } from './retry.ts';

const options: RetryOptions = { retries: 3, firstWaitMs: 4, longestWaitMs: 10 };

/** Fails a number of times before it succeeds, and counts. */
function failing(times: number): { attempts: () => number; run: () => Promise<string> } {
  let made = 0;
  return {
    attempts: () => made,
    run: async () => {
      if (made++ < times) throw new Error(`failure ${made}`);
      return 'done';
    },
  };
}

it.each([0, 1, 3])('gives the result after %d failures', async (failures) => {
  const { run, attempts } = failing(failures);

  expect(await retry(run, options)).toBe('done');
  expect(attempts()).toBe(failures + 1);
});

it('rejects with the last error when the retries are used up', async () => {
  const { run, attempts } = failing(9);

  await expect(retry(run, options)).rejects.toThrow('failure 4');
  expect(attempts()).toBe(4);
});

it('does not repeat what would fail again', async () => {
  const { run, attempts } = failing(9);

  await expect(retry(run, { ...options, worthIt: () => false })).rejects.toThrow('failure 1');
  expect(attempts()).toBe(1);
});

it('waits at least twice as long each time, at random up to twice that, and never longer than allowed', async () => {
  const waits: number[] = [];

  await retry(failing(3).run, { ...options, onRetry: (_error, waitMs) => waits.push(waitMs) });

  const [first = 0, second = 0, third = 0] = waits;
  expect(waits).toHaveLength(3);
  expect(first).toBeGreaterThanOrEqual(4);
  expect(first).toBeLessThanOrEqual(8);
  expect(second).toBeGreaterThanOrEqual(8);
  expect(third).toBe(10);
});

it('ends with the reason of its signal, also in the middle of a wait', async () => {
  const ended = new AbortController();
  const waiting = retry(failing(9).run, {
    ...options,
    firstWaitMs: 60_000,
    longestWaitMs: 60_000,
    signal: ended.signal,
    onRetry: () => setImmediate(() => ended.abort(new Error('the service stops'))),
  });

  await expect(waiting).rejects.toThrow('the service stops');
});
