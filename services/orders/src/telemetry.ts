import { Counter, Gauge } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';

/** Counts orders placed by this pod; an order that is only asked for again is not. */
export function countOrders(app: FastifyInstance): Counter {
  return new Counter({ name: 'orders_placed_total', help: 'Orders placed.', registers: [app.metrics] });
}

/** How many connections of this pod are busy and idle, and how many requests wait for one. */
export function measurePool(app: FastifyInstance, pool: Pool): void {
  const gauge = new Gauge({
    name: 'database_connections',
    help: 'Connections to the database, and requests that wait for one.',
    labelNames: ['state'],
    registers: [app.metrics],
    collect: () => {
      gauge.set({ state: 'busy' }, pool.totalCount - pool.idleCount);
      gauge.set({ state: 'idle' }, pool.idleCount);
      gauge.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
}
