import type { FastifyInstance } from 'fastify';
import type { InFlight } from '../in-flight.ts';
import type { ServiceConfig } from '../settings.ts';
import type { Tracer } from './sdk.ts';
import { isTracing } from './settings.ts';

export interface Tracing {
  /** The trace and span that is being worked for, as fields of a log line. */
  ids(): object;
  addTo(app: FastifyInstance, inFlight: InFlight): void;
}

/**
 * Traces of users' requests, their context taken from the caller and passed on; undefined where nobody asked for them.
 * The SDK is a bundle of its own that is loaded only here.
 */
export function tracingOf(config: ServiceConfig): Tracing | undefined {
  if (!isTracing(config)) return undefined;
  let tracer: Tracer | undefined;
  return {
    ids: () => tracer?.ids() ?? {},
    addTo(app, inFlight) {
      app.addHook('onReady', async () => {
        const { startTracer } = await import('./sdk.ts');
        tracer = await startTracer(config, app.identity, app.log);
      });
      app.addHook('onRequest', (request, _reply, done) => {
        if (tracer === undefined || request.routeOptions.config.operational === true) done();
        else tracer.begin(request, done);
      });
      app.addHook('onError', async (request, _reply, error) => tracer?.failed(request, error));
      inFlight.onEnd(({ request }, status) => tracer?.end(request, status));
      app.addHook('onClose', async () => tracer?.stop());
    },
  };
}
