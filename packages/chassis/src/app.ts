import fastify, { LogController, type FastifyInstance } from 'fastify';
import { addErrorHandler } from './errors.ts';
import { addFaults } from './faults.ts';
import { addHealth, type Health } from './health.ts';
import { identityOf, type Identity } from './identity.ts';
import { trackRequests } from './in-flight.ts';
import { logOptions, logOutput } from './logs.ts';
import { addMetrics } from './metrics.ts';
import { addOverload } from './overload.ts';
import { addRequestLogger } from './request-logger.ts';
import { addRequestLog } from './requests.ts';
import type { ServiceConfig } from './settings.ts';
import { tracingOf } from './tracing/index.ts';
import { addVersion } from './version.ts';

declare module 'fastify' {
  interface FastifyInstance {
    health: Health;
    identity: Identity;
  }
}

/** A Fastify instance with everything that services share, to which a service adds its routes. It listens to nothing yet. */
export function createApp(config: ServiceConfig): FastifyInstance {
  const identity = identityOf(config);
  const tracing = tracingOf(config);
  const app = fastify({
    logger: { ...logOptions(identity, config.LOG_LEVEL, tracing?.ids), stream: logOutput() },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'request_id' }),
    requestIdHeader: 'x-request-id',
    // Longer than the 90 s after which Traefik drops idle connections, so that it never sends a request into a closed one.
    keepAliveTimeout: 95_000,
    requestTimeout: 30_000,
    // A request that arrives while the server closes is answered like any other: it was sent in good faith.
    return503OnClosing: false,
  });
  addRequestLogger(app);
  app.decorate('identity', identity);
  addErrorHandler(app);
  addVersion(app, identity);
  const inFlight = trackRequests(app);
  addMetrics(app, identity, inFlight);
  tracing?.addTo(app, inFlight);
  addRequestLog(inFlight);
  app.decorate('health', addHealth(app, inFlight));
  addOverload(app, config.OVERLOAD_DELAY_MS);
  addFaults(app, { errorRate: config.FAULT_ERROR_RATE, latencyMs: config.FAULT_LATENCY_MS });
  return app;
}
