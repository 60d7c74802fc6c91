import type { FastifyInstance } from 'fastify';
import { Counter } from '@sluice/chassis';

/** Counts orders placed by this pod. */
export function countOrders(app: FastifyInstance): Counter {
  return new Counter({ name: 'orders_placed_total', help: 'Orders placed.', registers: [app.metrics] });
}
