import type { FastifyInstance } from 'fastify';
import { symbols, type Logger } from 'pino';

type Bound = Logger & { [symbols.chindingsSym]: string };

/**
 * Gives a request a logger whose lines hold its id. Pino's own `child` is made for loggers that live long: it costs more
 * than all else that the chassis does for a request that logs nothing. Fastify checks what a factory of child loggers
 * makes, for every request; what the logger itself makes it takes.
 */
export function addRequestLogger(app: FastifyInstance): void {
  const parent = app.log as Bound;
  const { child } = parent;
  function childOf(this: Bound, bindings: Record<string, unknown>, options?: { level?: string }): Logger {
    if (this !== parent || options?.level !== undefined || bindings['request_id'] === undefined) {
      return Reflect.apply(child, this, [bindings, options]) as Logger;
    }
    const request = Object.create(parent) as Bound;
    request[symbols.chindingsSym] =
      `${parent[symbols.chindingsSym]},"request_id":${JSON.stringify(bindings['request_id'])}`;
    return request;
  }
  Object.assign(parent, { child: childOf });
}
