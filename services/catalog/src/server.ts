import { createApp, type ServiceConfig } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import { productRoutes } from './routes/products.ts';

/** The service without a process: routes on top of the chassis. */
export function buildServer(config: ServiceConfig): FastifyInstance {
  const app = createApp(config);
  app.register(productRoutes);
  return app;
}
