import { createApp, startWith } from '@sluice/chassis';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.ts';
import { createPool } from './database.ts';
import { forgetEveryHour } from './keys.ts';
import { createOrderStore } from './orders.ts';
import { hasMigration, neededMigration } from './queries.ts';
import { orderRoutes } from './routes/orders.ts';
import { measurePool } from './telemetry.ts';

/**
 * The service without a process: routes on top of the chassis. It is ready once the database has answered and has the
 * migrations that this version needs, and stays so while the database is away: every pod would be taken out at once,
 * and callers told nothing instead of 503.
 */
export function buildServer(config: Config): FastifyInstance {
  const app = createApp(config);
  const pool = createPool(config, (error) => app.log.warn({ err: error }, 'a connection to the database broke'));
  app.addHook('onClose', () => pool.end());
  measurePool(app, pool);
  forgetEveryHour(app, pool);
  startWith(app, 'database', async () => {
    if (!(await hasMigration(pool, neededMigration))) throw new Error(`migration ${neededMigration} has not run yet`);
  });
  const store = createOrderStore(pool, config.IDEMPOTENCY_HOURS);
  app.register(orderRoutes, { store, currencies: config.CURRENCIES });
  return app;
}
