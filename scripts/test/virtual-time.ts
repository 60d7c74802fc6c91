import { afterAll, aroundEach, beforeAll, vi } from 'vitest';

/** How something ended, and how many seconds it took. */
export interface Elapsed<Value> {
  value: Value | undefined;
  error: Error | undefined;
  seconds: number;
}

/** Rounds without anything under way, after which nothing will be before the next timer. */
const rounds = 5;

/**
 * Time in which nobody waits, for all tests of a file: it passes only while no request of `fetch`, no process and no file
 * is under way, and then at once to the next thing that is waited for. These are real, and take none of it.
 * It goes on from test to test, since what is waited for may be shared by them.
 */
export function virtualTime(): <Value>(work: () => Promise<Value>) => Promise<Elapsed<Value>> {
  let requests = 0;
  const { setImmediate, setTimeout } = globalThis;
  const nextRound = (): Promise<void> => new Promise((done) => void setImmediate(done));
  const aMoment = (): Promise<void> => new Promise((done) => void setTimeout(done, 2));
  beforeAll(() => {
    const { timeout } = AbortSignal;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    // How long an answer may take is about connections, which are real.
    AbortSignal.timeout = timeout;
    const real = globalThis.fetch;
    vi.stubGlobal('fetch', async (...asked: Parameters<typeof fetch>) => {
      requests += 1;
      try {
        const response = await real(...asked);
        const body = await response.arrayBuffer().catch(failingBody);
        const empty = body instanceof ArrayBuffer && body.byteLength === 0;
        const whole = new Response(empty ? null : body, response);
        // Pages of a list are found by it.
        return Object.defineProperty(whole, 'url', { value: response.url });
      } finally {
        requests -= 1;
      }
    });
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  const open = (): string[] => process.getActiveResourcesInfo();
  const pipes = (): number => open().filter((each) => each === 'PipeWrap').length;
  const own = pipes();
  const busy = (): boolean =>
    requests > 0 || pipes() > own || open().some((each) => each === 'ProcessWrap' || each.startsWith('FSReq'));

  return async (work) => {
    const start = Date.now();
    const progress = { ended: false };
    const outcome = work()
      .then(
        (value) => ({ value, error: undefined }),
        (error: unknown) => ({ value: undefined, error: error as Error }),
      )
      .finally(() => (progress.ended = true));
    let quiet = 0;
    while (!progress.ended) {
      await (busy() ? aMoment() : nextRound());
      quiet = busy() ? 0 : quiet + 1;
      if (quiet < rounds || vi.getTimerCount() === 0) continue;
      await vi.advanceTimersToNextTimerAsync();
      quiet = 0;
    }
    return { ...(await outcome), seconds: (Date.now() - start) / 1000 };
  };
}

/** Has every test of a file run in virtual time, from before its `beforeEach` to after its `afterEach`. */
export function inVirtualTime(): void {
  const elapse = virtualTime();
  aroundEach(async (run) => {
    const { error } = await elapse(run);
    if (error !== undefined) throw error;
  });
}

/** A body that breaks off for whoever reads it, as that of the real answer did. */
function failingBody(reason: unknown): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.error(reason) });
}
