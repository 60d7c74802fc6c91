import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** Of a request whose caller has gone before it was answered: no answer has this status. nginx counts them by it. */
export const callerGone = 499;

/** Called with the answer to a request that has ended, and its status, or that its caller has gone. */
export type EndListener = (reply: FastifyReply, status: number) => void;

/** Users' requests, each from when it comes until its connection lets go of it. Probes are not among them. */
export interface InFlight {
  answers(): Iterable<ServerResponse>;
  count(): number;
  /**
   * Has each request told once. Fastify's `onResponse` never is for those that nobody waited for, so that a version which
   * hangs until its callers give up would look as if nobody asked it.
   */
  onEnd(listener: EndListener): void;
}

export function trackRequests(app: FastifyInstance): InFlight {
  // Each with what listeners have yet to be told of it.
  const open = new Map<ServerResponse, FastifyReply | undefined>();
  const listeners: EndListener[] = [];
  function tell(answer: ServerResponse, status: number): void {
    const reply = open.get(answer);
    if (reply === undefined) return;
    open.set(answer, undefined);
    for (const listener of listeners) listener(reply, status);
  }
  // Closed comes last and for certain.
  function closed(this: ServerResponse): void {
    tell(this, callerGone);
    open.delete(this);
  }
  app.addHook('onRequest', (request, reply, done) => {
    if (request.routeOptions.config.operational !== true) {
      open.set(reply.raw, reply);
      reply.raw.on('close', closed);
    }
    done();
  });
  app.addHook('onResponse', (_request, reply, done) => {
    tell(reply.raw, reply.statusCode);
    done();
  });
  return {
    answers: () => open.keys(),
    count: () => open.size,
    onEnd: (listener) => listeners.push(listener),
  };
}
