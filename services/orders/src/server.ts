import { createApp } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { createOrderStore } from './orders.ts';
import { orderRoutes } from './routes/orders.ts';

/** The service without a process: routes on top of the chassis. */
export function buildServer(config: Config): FastifyInstance {
  const app = createApp(config);
  app.register(orderRoutes, { store: createOrderStore(config.ORDERS_KEPT) });
  return app;
}
