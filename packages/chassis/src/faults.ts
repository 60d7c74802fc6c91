import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { isApplicationRoute } from './operational.ts';
import { problem } from './problem.ts';

export interface Faults {
  /** Share of requests that fail, 0 to 1. */
  errorRate: number;
  /** How long every request is held back, in milliseconds. */
  latencyMs: number;
}

/**
 * Makes application routes slow or failing on purpose, so that a bad version can be shown.
 * Probes, metrics and `/version` stay as they are: an injected fault is a bad release, not a dead pod.
 *
 * @param random a number from 0 up to 1, once for every request.
 */
export function addFaults(app: FastifyInstance, { errorRate, latencyMs }: Faults, random = Math.random): void {
  if (errorRate === 0 && latencyMs === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    if (!isApplicationRoute(request)) return undefined;
    if (latencyMs > 0) await delay(latencyMs);
    if (random() >= errorRate) return undefined;
    return reply.code(500).send(problem(500, 'failed on purpose'));
  });
}
