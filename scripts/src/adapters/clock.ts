/** The time of day, and waiting for a later one. */
export interface Clock {
  now(): Date;
  /** Resolves after some milliseconds, at once when `signal` is aborted. */
  wait(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (milliseconds, signal) =>
    new Promise((done) => {
      const timer = setTimeout(done, milliseconds);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        done();
      });
    }),
};
