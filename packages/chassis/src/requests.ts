import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/**
 * One line for every request when it has been answered: a failure as a warning, the others only at level `debug`, since
 * metrics count them for less, and probes are not logged. The query is left out: it is where people put what nobody should read.
 */
export function addRequestLog(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    if (request.routeOptions.config.operational === true) return done();
    if (reply.statusCode >= 500) request.log.warn(fieldsOf(request, reply), 'request failed');
    else if ((request.log as Logger).isLevelEnabled('debug'))
      request.log.debug(fieldsOf(request, reply), 'request answered');
    return done();
  });
}

function fieldsOf(request: FastifyRequest, reply: FastifyReply): object {
  return {
    method: request.method,
    path: request.url.split('?', 1)[0],
    route: routeOf(request),
    status: reply.statusCode,
    duration_ms: Math.round(reply.elapsedTime * 1000) / 1000,
  };
}

/** The template of the route that answers, `unmatched` where none does: never the URL, of which there is no end. */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
}
