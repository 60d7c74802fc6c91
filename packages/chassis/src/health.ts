import type { FastifyInstance } from 'fastify';
import { operational } from './operational.ts';

/**
 * The states of a service that its probes report.
 * Readiness is about this process alone: a service whose dependency is down still answers, with what it can.
 */
export interface Health {
  isStarted(): boolean;
  isReady(): boolean;
  /** Ready no more, for good; the process still answers. */
  stop(): void;
}

/** `/livez`: the process answers. `/startupz`: everything is loaded. `/readyz`: started and not stopping. */
export function addHealth(app: FastifyInstance): Health {
  let started = false;
  let stopping = false;
  const health: Health = {
    isStarted: () => started,
    isReady: () => started && !stopping,
    stop: () => void (stopping = true),
  };

  app.addHook('onReady', async () => void (started = true));
  // A router that keeps connections open would go on using this one after the endpoint is gone.
  app.addHook('onSend', async (_request, reply) => {
    if (stopping) reply.header('connection', 'close');
  });

  app.get('/livez', operational, async () => ({ status: 'alive' }));
  app.get('/startupz', operational, async (_request, reply) =>
    health.isStarted() ? { status: 'started' } : reply.code(503).send({ status: 'starting' }),
  );
  app.get('/readyz', operational, async (_request, reply) =>
    health.isReady() ? { status: 'ready' } : reply.code(503).send({ status: stopping ? 'stopping' : 'starting' }),
  );
  return health;
}
