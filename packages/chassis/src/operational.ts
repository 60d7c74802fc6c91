import type { FastifyRequest, RouteShorthandOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Asked by the platform, not by users: never failed on purpose, not counted, not logged. */
    operational?: boolean;
  }
}

/** Options of a route that only the platform asks. */
export const operational = { config: { operational: true }, logLevel: 'warn' } as const satisfies RouteShorthandOptions;

/** Whether users' requests are what this route answers. */
export function isApplicationRoute(request: FastifyRequest): boolean {
  return !request.is404 && request.routeOptions.config.operational !== true;
}
