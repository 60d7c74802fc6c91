import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { callerGone, type InFlight } from './in-flight.ts';

/**
 * One line for every request when it has ended: a failure as a warning, the others only at level `debug`, since metrics
 * count them for less, and probes are not logged. The query is left out: it is where people put what nobody should read.
 */
export function addRequestLog(inFlight: InFlight): void {
  inFlight.onEnd((reply, status) => {
    const { log } = reply.request;
    if (status >= 500) log.warn(fieldsOf(reply, status), 'request failed');
    else if ((log as Logger).isLevelEnabled('debug')) {
      log.debug(fieldsOf(reply, status), status === callerGone ? 'request given up by its caller' : 'request answered');
    }
  });
}

function fieldsOf({ request, elapsedTime }: FastifyReply, status: number): object {
  return {
    method: request.method,
    path: request.url.split('?', 1)[0],
    route: routeOf(request),
    status,
    duration_ms: Math.round(elapsedTime * 1000) / 1000,
  };
}

/** The template of the route that answers, `unmatched` where none does: never the URL, of which there is no end. */
export function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
}
