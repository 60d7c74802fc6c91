import { problem, problemSchema } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import { CatalogError, type Catalog } from '../catalog.ts';

const schema = {
  response: {
    200: {
      type: 'object',
      required: ['products'],
      properties: {
        products: {
          type: 'array',
          items: {
            type: 'object',
            required: ['id', 'name', 'price', 'currency'],
            properties: {
              id: { type: 'string' },
              name: { type: 'string' },
              price: { type: 'integer' },
              currency: { type: 'string' },
            },
          },
        },
      },
    },
    502: problemSchema,
  },
} as const;

/** What the catalog sells, or 502 saying why the catalog could not be asked. */
export async function productRoutes(app: FastifyInstance, { catalog }: { catalog: Catalog }): Promise<void> {
  app.get('/api/v1/products', { schema }, async (request, reply) => {
    try {
      return { products: await catalog.products() };
    } catch (error) {
      if (!(error instanceof CatalogError)) throw error;
      request.log.warn({ outcome: error.outcome }, error.message);
      return reply.code(502).send(problem(502, error.message));
    }
  });
}
