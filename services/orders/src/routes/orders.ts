import { problem, problemSchema } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import type { OrderLine, OrderStore } from '../orders.ts';
import { countOrders } from '../telemetry.ts';

const line = {
  type: 'object',
  required: ['productId', 'quantity'],
  additionalProperties: false,
  properties: {
    productId: { type: 'string', pattern: '^[a-z0-9-]{1,64}$' },
    quantity: { type: 'integer', minimum: 1, maximum: 999 },
  },
} as const;

const order = {
  type: 'object',
  required: ['id', 'status', 'lines', 'placedAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    status: { type: 'string', enum: ['placed'] },
    lines: { type: 'array', items: line },
    placedAt: { type: 'string', format: 'date-time' },
  },
} as const;

const place = {
  body: {
    type: 'object',
    required: ['lines'],
    additionalProperties: false,
    properties: { lines: { type: 'array', minItems: 1, maxItems: 100, items: line } },
  },
  response: { 201: order },
} as const;

const find = {
  params: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } },
  response: { 200: order, 404: problemSchema },
} as const;

/** Placing an order, and asking for it by its id. */
export async function orderRoutes(app: FastifyInstance, { store }: { store: OrderStore }): Promise<void> {
  const placed = countOrders(app);

  app.post<{ Body: { lines: OrderLine[] } }>('/api/v1/orders', { schema: place }, async (request, reply) => {
    const created = store.place(request.body.lines);
    placed.inc();
    return reply.code(201).header('location', `/api/v1/orders/${created.id}`).send(created);
  });

  app.get<{ Params: { id: string } }>('/api/v1/orders/:id', { schema: find }, async (request, reply) => {
    const { id } = request.params;
    const found = store.find(id);
    if (found !== undefined) return found;
    return reply.code(404).send(problem(404, `no order "${id}"`));
  });
}
