import type { Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import closeWithGrace from 'close-with-grace';
import type { FastifyInstance } from 'fastify';
import type { ServiceConfig } from './settings.ts';

/**
 * Stops without losing a request: not ready, a wait in which endpoints and routers let go, then no new connections,
 * what is open is finished, exit 0. A second signal, or the time being up, exits 1 at once.
 * The order follows https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination:
 * endpoints are removed while the signal is already on its way.
 */
export function stopGracefully(app: FastifyInstance, metricsServer: Server, config: ServiceConfig): void {
  const { SHUTDOWN_DRAIN_MS: drainMs, SHUTDOWN_TIMEOUT_MS: timeoutMs } = config;
  const options = {
    delay: timeoutMs,
    logger: app.log,
    onTimeout: () => app.log.error({ timeoutMs }, 'requests were still open when the time to stop was up'),
  };
  closeWithGrace(options, async ({ signal, err }) => {
    app.health.stop();
    if (err) app.log.fatal({ err }, 'stopping after an error that nothing caught');
    else app.log.info({ signal, drainMs }, 'stopping');
    // After an error the state is not to be trusted for longer than open requests need.
    if (!err) await delay(drainMs);
    await app.close();
    metricsServer.close();
    app.log.info('stopped');
  });
}
