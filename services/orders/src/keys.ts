import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { Connection } from './database.ts';
import { deleteExpiredKeys } from './queries.ts';

const hour = 3_600_000;

/** Forgets keys whose time is up, once an hour; that every pod does so harms nobody, and that one fails neither. */
export function forgetEveryHour(app: FastifyInstance, pool: Pool): void {
  function forget(): void {
    forgetExpiredKeys(pool).then(
      (forgotten) => app.log.info({ forgotten }, 'idempotency keys expired'),
      (error: unknown) => app.log.warn({ err: error }, 'expired idempotency keys stay for another hour'),
    );
  }
  const timer = setInterval(forget, hour).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}

/** Forgets all keys whose time is up, `portion` of them in a statement, so that none takes long; gives how many they were. */
export async function forgetExpiredKeys(db: Connection, portion = 5_000): Promise<number> {
  let all = 0;
  for (let some = portion; some === portion; all += some) some = await deleteExpiredKeys(db, portion);
  return all;
}
