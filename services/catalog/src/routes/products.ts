import { problem, problemSchema } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import { products, type Product } from '../products.ts';

const product = {
  type: 'object',
  required: ['id', 'name', 'price', 'currency'],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    price: { type: 'integer', description: 'in the smallest unit of the currency' },
    currency: { type: 'string' },
  },
} as const;

const list = {
  response: {
    200: { type: 'object', required: ['products'], properties: { products: { type: 'array', items: product } } },
  },
} as const;

const one = {
  params: { type: 'object', required: ['id'], properties: { id: { type: 'string', maxLength: 64 } } },
  response: { 200: product, 404: problemSchema },
} as const;

/** What is for sale: all of it, and one by its id. */
export async function productRoutes(app: FastifyInstance): Promise<void> {
  app.get('/api/v1/products', { schema: list }, async () => ({ products }));

  app.get<{ Params: Pick<Product, 'id'> }>('/api/v1/products/:id', { schema: one }, async (request, reply) => {
    const { id } = request.params;
    const found = products.find((candidate) => candidate.id === id);
    if (found !== undefined) return found;
    return reply.code(404).send(problem(404, `no product "${id}"`));
  });
}
