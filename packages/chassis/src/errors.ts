import type { FastifyError, FastifyInstance } from 'fastify';
import { problem } from './problem.ts';

/** Users are told what they did wrong; what went wrong inside is only logged. */
export function addErrorHandler(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const statusCode = error.statusCode ?? 500;
    if (statusCode >= 500) request.log.error({ err: error }, 'request failed');
    const message = statusCode >= 500 ? 'the request failed; its cause is in the log' : error.message;
    return reply.code(statusCode).send(problem(statusCode, message));
  });
}
