import type { FastifyInstance } from 'fastify';
import type { Identity } from './identity.ts';
import { operational } from './operational.ts';

/** The header that names the version on every answer, failed ones included. */
export const versionHeader = 'x-service-version';

/** `/version`, and the version as a header of every answer. */
export function addVersion(app: FastifyInstance, identity: Identity): void {
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header(versionHeader, identity.version);
    done();
  });
  app.get('/version', operational, async () => identity);
}
