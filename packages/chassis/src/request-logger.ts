import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { symbols, type Logger } from 'pino';

type Bound = Logger & { [symbols.chindingsSym]: string };

/**
 * Gives a request a logger whose lines hold its id. Pino's own `child` is made for loggers that live long: it costs more
 * than all else that the chassis does for a request that logs nothing.
 */
export function requestLogger(
  this: FastifyInstance,
  logger: FastifyBaseLogger,
  bindings: Record<string, unknown>,
  options: { level?: string },
): FastifyBaseLogger {
  if (options.level !== undefined) return (logger as Logger).child(bindings, options);
  const parent = logger as Bound;
  const child = Object.create(parent) as Bound;
  child[symbols.chindingsSym] =
    `${parent[symbols.chindingsSym]},"request_id":${JSON.stringify(bindings['request_id'])}`;
  return child;
}
