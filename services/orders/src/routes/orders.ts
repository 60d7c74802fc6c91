import { problem, problemSchema } from '@sluice/chassis';
import type { FastifyError, FastifyInstance } from 'fastify';
import { isUnavailable } from '../database.ts';
import type { OrderLine, OrderStore } from '../orders.ts';
import { countOrders } from '../telemetry.ts';

const line = {
  type: 'object',
  required: ['productId', 'quantity', 'unitPrice'],
  additionalProperties: false,
  properties: {
    productId: { type: 'string', pattern: '^[a-z0-9-]{1,64}$' },
    quantity: { type: 'integer', minimum: 1, maximum: 999 },
    unitPrice: {
      type: 'integer',
      minimum: 0,
      maximum: 1_000_000_000,
      description: 'in the smallest unit of the currency',
    },
  },
} as const;

const order = {
  type: 'object',
  required: ['id', 'status', 'currency', 'lines', 'total', 'placedAt'],
  properties: {
    id: { type: 'string', format: 'uuid' },
    status: { type: 'string', enum: ['placed'] },
    currency: { type: 'string' },
    lines: { type: 'array', items: line },
    total: { type: 'integer', description: 'in the smallest unit of the currency' },
    placedAt: { type: 'string', format: 'date-time' },
  },
} as const;

const place = {
  headers: {
    type: 'object',
    required: ['idempotency-key'],
    properties: { 'idempotency-key': { type: 'string', pattern: '^[!-~]{1,255}$' } },
  },
  body: {
    type: 'object',
    required: ['lines'],
    additionalProperties: false,
    properties: {
      currency: { type: 'string', pattern: '^[A-Z]{3}$' },
      lines: { type: 'array', minItems: 1, maxItems: 100, items: line },
    },
  },
  response: { 201: order, 422: problemSchema, 503: problemSchema },
} as const;

const find = {
  params: { type: 'object', required: ['id'], properties: { id: { type: 'string', format: 'uuid' } } },
  response: { 200: order, 404: problemSchema, 503: problemSchema },
} as const;

interface Place {
  Headers: { 'idempotency-key': string };
  Body: { currency?: string; lines: OrderLine[] };
}

export interface OrderRoutes {
  store: OrderStore;
  /** What orders may be paid in; the first is what is meant where a request says none. */
  currencies: readonly string[];
}

/**
 * Placing an order, and asking for it by its id. Header and answers follow
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/, but that retries at the same time wait
 * for the first of them instead of being refused with 409.
 */
export async function orderRoutes(app: FastifyInstance, { store, currencies }: OrderRoutes): Promise<void> {
  const placed = countOrders(app);

  app.post<Place>('/api/v1/orders', { schema: place }, async (request, reply) => {
    const { lines, currency = currencies[0] ?? '' } = request.body;
    if (!currencies.includes(currency)) {
      return reply.code(422).send(problem(422, `"${currency}" is not taken; pay in ${currencies.join(' or ')}`));
    }
    const key = request.headers['idempotency-key'];
    const result = await store.place(key, { currency, lines });
    if (result.outcome === 'other') {
      const message = `the Idempotency-Key "${key}" was used for another order; send each order with a key of its own`;
      return reply.code(422).send(problem(422, message));
    }
    if (result.outcome === 'placed') placed.inc();
    else reply.header('idempotent-replayed', 'true');
    return reply.code(201).header('location', `/api/v1/orders/${result.order.id}`).send(result.order);
  });

  app.get<{ Params: { id: string } }>('/api/v1/orders/:id', { schema: find }, async (request, reply) => {
    const { id } = request.params;
    const found = await store.find(id);
    if (found !== undefined) return found;
    return reply.code(404).send(problem(404, `no order "${id}"`));
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if (!isUnavailable(error)) throw error;
    request.log.warn({ err: error }, 'the database does not answer');
    const message = 'the database does not answer; send the same request again, with the same Idempotency-Key';
    return reply.code(503).header('retry-after', '1').send(problem(503, message));
  });
}
