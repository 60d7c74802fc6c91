import type { FastifyInstance } from 'fastify';
import { CatalogError, type Catalog } from '../catalog.ts';

const schema = {
  response: {
    200: {
      type: 'object',
      required: ['service', 'version', 'pod', 'catalog'],
      properties: {
        service: { type: 'string' },
        version: { type: 'string' },
        pod: { type: 'string' },
        catalog: {
          description: 'how many products the catalog has, or why it could not be asked',
          anyOf: [{ type: 'integer' }, { type: 'string', enum: ['refused', 'unreachable', 'timeout'] }],
        },
      },
    },
  },
} as const;

/** Who answers, and the state of what it depends on; answered in full even while the catalog is down. */
export async function helloRoutes(app: FastifyInstance, { catalog }: { catalog: Catalog }): Promise<void> {
  app.get('/api/v1/hello', { schema }, async () => {
    const { service, version, pod } = app.identity;
    return { service, version, pod, catalog: await stateOf(catalog) };
  });
}

async function stateOf(catalog: Catalog): Promise<number | CatalogError['outcome']> {
  try {
    return (await catalog.products()).length;
  } catch (error) {
    if (error instanceof CatalogError) return error.outcome;
    throw error;
  }
}
