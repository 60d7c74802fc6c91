import { createApp } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import { createCatalog } from './catalog.ts';
import type { Config } from './config.ts';
import { helloRoutes } from './routes/hello.ts';
import { pageRoutes } from './routes/page.ts';
import { productRoutes } from './routes/products.ts';
import { countCatalogCalls, countCatalogRetries } from './telemetry.ts';

/** The service without a process: routes on top of the chassis. */
export function buildServer(config: Config): FastifyInstance {
  const app = createApp(config);
  const catalog = createCatalog({
    url: config.CATALOG_URL,
    timeoutMs: config.CATALOG_TIMEOUT_MS,
    calls: countCatalogCalls(app),
    retries: countCatalogRetries(app),
  });
  app.register(pageRoutes);
  app.register(helloRoutes, { catalog });
  app.register(productRoutes, { catalog });
  return app;
}
