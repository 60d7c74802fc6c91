import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { InFlight } from './in-flight.ts';
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
export function addHealth(app: FastifyInstance, inFlight: InFlight): Health {
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
    stop() {
      stopping = true;
      for (const answer of inFlight.answers()) letGo(answer);
    },
  };

  app.addHook('onReady', async () => void (started = true));
  app.addHook('onRequest', (_request, reply, done) => {
    if (stopping) letGo(reply.raw);
    done();
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

/** A router that keeps its connection would go on using it after the endpoint is gone. */
function letGo(answer: ServerResponse): void {
  if (!answer.headersSent) answer.setHeader('connection', 'close');
}
