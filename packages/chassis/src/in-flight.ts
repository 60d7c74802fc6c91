import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** The answers to users' requests that are not finished, each from the request until its connection lets go of it. */
export function trackAnswers(app: FastifyInstance): ReadonlySet<ServerResponse> {
  const open = new Set<ServerResponse>();
  // Closed comes last and for certain, also where nobody waited for the answer.
  function closed(this: ServerResponse): void {
    open.delete(this);
  }
  app.addHook('onRequest', ({ routeOptions }, { raw }, done) => {
    if (routeOptions.config.operational !== true) {
      open.add(raw);
      raw.on('close', closed);
    }
    done();
  });
  return open;
}
