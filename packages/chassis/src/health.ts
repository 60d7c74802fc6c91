import type { FastifyInstance } from 'fastify';
import { operational } from './operational.ts';

/**
 * The states of a service that its probes report. Liveness never asks a dependency: its failure would restart every pod.
 * Nor does readiness, once a service has what it cannot begin without: one whose dependency is down still answers, with
 * what it can, and the pods of an old version that run on are not taken out together.
 */
export interface Health {
  isStarted(): boolean;
  isReady(): boolean;
  /** Not ready before what it gives back is called. */
  awaits(dependency: string): () => void;
  /** Ready no more, for good; the process still answers. */
  stop(): void;
}

/** `/livez`: the process answers. `/startupz`: everything is loaded. `/readyz`: started, with what it began with, and not stopping. */
export function addHealth(app: FastifyInstance): Health {
  let started = false;
  let stopping = false;
  const awaited = new Set<string>();
  const health: Health = {
    isStarted: () => started,
    isReady: () => started && !stopping && awaited.size === 0,
    awaits(dependency) {
      awaited.add(dependency);
      return () => void awaited.delete(dependency);
    },
    stop: () => void (stopping = true),
  };

  app.addHook('onReady', async () => void (started = true));
  // A router that keeps connections open would go on using this one after the endpoint is gone.
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (stopping) reply.header('connection', 'close');
    done(null, payload);
  });

  app.get('/livez', operational, async () => ({ status: 'alive' }));
  app.get('/startupz', operational, async (_request, reply) =>
    health.isStarted() ? { status: 'started' } : reply.code(503).send({ status: 'starting' }),
  );
  app.get('/readyz', operational, async (_request, reply) => {
    if (health.isReady()) return { status: 'ready' };
    if (stopping || !started) return reply.code(503).send({ status: stopping ? 'stopping' : 'starting' });
    return reply.code(503).send({ status: 'waiting', for: [...awaited] });
  });
  return health;
}
