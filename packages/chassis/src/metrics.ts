import type { FastifyInstance } from 'fastify';
import { Counter, Gauge, Registry, type Metric } from 'prom-client';
import type { Identity } from './identity.ts';
import type { InFlight } from './in-flight.ts';
import { createRequestDurations } from './request-durations.ts';
import { routeOf } from './requests.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Where a service adds metrics of its own. */
    metrics: Registry;
  }
}

// Seconds; fine around the 250 ms and 500 ms that rollouts are judged by.
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counts and times users' requests by route template, never by URL, and labels all with service and version. What no route
 * answers is counted as `unmatched`; probes are not counted, or a failing version would look better than it is.
 */
export function addMetrics(app: FastifyInstance, { service, version }: Identity, inFlight: InFlight): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service, version });
  const registers = [registry];
  const durations = createRequestDurations(
    'http_request_duration_seconds',
    'Time from a request to the end of its answer, in seconds.',
    buckets,
  );
  registry.registerMetric(durations as unknown as Metric);
  const requests: Counter = new Counter({
    name: 'http_requests_total',
    help: 'Requests that have ended, by method, route and status; 499 where the caller had gone before the answer.',
    labelNames: ['method', 'route', 'status'],
    registers,
    // Whoever is timed is counted: a request pays for one series instead of two.
    collect() {
      requests.reset();
      for (const { labels, count } of durations.all()) requests.inc(labels, count);
    },
  });
  const waiting: Gauge = new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that are being answered.',
    registers,
    collect: () => waiting.set(inFlight.count()),
  });

  app.decorate('metrics', registry);
  inFlight.onEnd(({ request, elapsedTime }, status) =>
    durations.observe(request.method, routeOf(request), status, elapsedTime / 1000),
  );
  return registry;
}
