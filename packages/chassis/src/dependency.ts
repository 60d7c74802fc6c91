import type { FastifyInstance } from 'fastify';
import { retry } from './retry.ts';

/**
 * What a service cannot begin without. It starts all the same, in any order with what it depends on, is not ready until
 * `connect` has succeeded once, and tries that again, with waits of up to 5 s, for as long as it runs.
 *
 * @param connect gets a signal that ends when the service does.
 */
export function startWith(
  app: FastifyInstance,
  dependency: string,
  connect: (signal: AbortSignal) => Promise<unknown>,
): void {
  const ended = new AbortController();
  const { signal } = ended;
  const connected = app.health.awaits(dependency);

  async function untilConnected(): Promise<void> {
    await retry(() => connect(signal), {
      retries: Infinity,
      firstWaitMs: 100,
      longestWaitMs: 5_000,
      signal,
      onRetry: (err, waitMs) => app.log.warn({ err, dependency, wait_ms: waitMs }, 'a dependency does not answer yet'),
    });
    connected();
    app.log.info({ dependency }, 'a dependency answers');
  }

  app.addHook('onReady', async () => {
    untilConnected().catch((error: unknown) => {
      // An error of the service's own, as a TypeError, is not retried: the process would wait in vain.
      if (!signal.aborted) app.log.fatal({ err: error, dependency }, 'a dependency cannot be used');
    });
  });
  app.addHook('preClose', async () => ended.abort());
}
