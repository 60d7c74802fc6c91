import type { FastifyInstance } from 'fastify';
import { isApplicationRoute } from './operational.ts';
import { problem } from './problem.ts';

/** How often the event loop is looked at: seldom enough that a process at rest stays at rest. */
const sampleMs = 250;

/**
 * Refuses users' requests with 503 while the event loop is late by more than `limitMs`: better some answers in time than
 * all of them too late. It has to be late twice in a row, since once is a collection of garbage or the start. Probes are
 * answered all the same: killing a pod for its load would give its load to the others. A limit of 0 never refuses.
 */
export function addOverload(app: FastifyInstance, limitMs: number): void {
  if (limitMs === 0) return;
  let due = 0;
  let lateBefore = false;
  let overloaded = false;

  function look(): void {
    const now = performance.now();
    const late = now - due > limitMs;
    overloaded = late && lateBefore;
    lateBefore = late;
    due = now + sampleMs;
  }

  let timer: NodeJS.Timeout | undefined;
  app.addHook('onReady', async () => {
    due = performance.now() + sampleMs;
    timer = setInterval(look, sampleMs).unref();
  });
  app.addHook('onClose', async () => clearInterval(timer));
  app.addHook('onRequest', (request, reply, done) => {
    if (!overloaded || !isApplicationRoute(request)) return done();
    reply.code(503).header('retry-after', '1').send(problem(503, 'too busy to answer in time; try again in a second'));
    return undefined;
  });
}
