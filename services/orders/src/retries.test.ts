import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { migratedDatabase, noPostgres, pod, type Database } from '../test/database.ts';
import { forgetExpiredKeys } from './keys.ts';

const lines = [{ productId: 'penstock', quantity: 1, unitPrice: 129_000 }];

function place(app: FastifyInstance, key: string = randomUUID()) {
  return app.inject({ method: 'POST', url: '/api/v1/orders', headers: { 'idempotency-key': key }, payload: { lines } });
}

const placed = async ({ query }: Database) =>
  (await query<{ count: number }>('select count(*)::int from orders'))[0]?.count;

/** Keeps everybody from writing orders until the lock is let go. */
async function locked({ connect }: Database): Promise<() => Promise<unknown>> {
  const client = await connect();
  await client.query('begin');
  await client.query('lock table orders in share mode');
  return () => client.query('commit');
}

/** The server's processes that wait for a lock. */
async function waiting({ query }: Database): Promise<number[]> {
  const sql = `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  return (await query<{ pid: number }>(sql)).map(({ pid }) => pid);
}

describe.skipIf(noPostgres)('orders', () => {
  it('are placed exactly once by 200 requests at the same time with one key, at two pods', async () => {
    const database = await migratedDatabase({ DATABASE_WAIT_MS: '60000' });
    const pods = [pod(database.config), pod(database.config)] as const;

    const answers = await Promise.all(Array.from({ length: 200 }, (_, index) => place(pods[index % 2]!, 'one-key')));

    expect(answers.filter(({ statusCode }) => statusCode !== 201)).toEqual([]);
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await placed(database)).toBe(1);
  });

  it('are placed once each by 200 requests at the same time with keys of their own', async () => {
    const database = await migratedDatabase({ DATABASE_WAIT_MS: '60000' });
    const app = pod(database.config);

    const answers = await Promise.all(Array.from({ length: 200 }, () => place(app)));

    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(200);
    expect(await placed(database)).toBe(200);
  });

  it('are not placed by a connection that is killed in the middle of its transaction, and once by the retry', async () => {
    const database = await migratedDatabase({ DATABASE_STATEMENT_MS: '60000' });
    const app = pod(database.config);
    const unlock = await locked(database);
    const first = place(app, 'k-1');
    await expect.poll(() => waiting(database), { timeout: 20_000 }).toHaveLength(1);

    await database.query('select pg_terminate_backend($1)', await waiting(database));
    expect((await first).statusCode).toBe(503);
    expect(await database.query('select from idempotency_keys')).toEqual([]);
    await unlock();

    expect((await place(app, 'k-1')).statusCode).toBe(201);
    expect(await placed(database)).toBe(1);
  });

  it('are placed once where the first request is still at it when its retry arrives', async () => {
    const database = await migratedDatabase({ DATABASE_STATEMENT_MS: '60000' });
    const app = pod(database.config);
    const unlock = await locked(database);
    const both = [place(app, 'k-1'), place(app, 'k-1')];
    await expect.poll(() => waiting(database), { timeout: 20_000 }).toHaveLength(2);
    await unlock();

    const [first, retry] = (await Promise.all(both)).map((answer) => answer.json());

    expect(retry).toEqual(first);
    expect(await placed(database)).toBe(1);
  });

  it('are answered 503 in time where every connection is busy, and placed again when one is free', async () => {
    const database = await migratedDatabase({
      DATABASE_CONNECTIONS: '2',
      DATABASE_WAIT_MS: '200',
      DATABASE_STATEMENT_MS: '60000',
    });
    const app = pod(database.config);
    const unlock = await locked(database);
    const busy = [place(app), place(app)];
    await expect.poll(() => waiting(database), { timeout: 20_000 }).toHaveLength(2);

    const began = performance.now();
    const refused = await place(app);
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('1');
    expect(performance.now() - began).toBeLessThan(5_000);
    expect(await app.metrics.metrics()).toMatch(/database_connections\{state="busy",.*\} 2/);

    await unlock();
    expect((await Promise.all(busy)).map(({ statusCode }) => statusCode)).toEqual([201, 201]);
    expect((await place(app)).statusCode).toBe(201);
  });

  it('are answered 503 where a statement takes too long, and the connection is used again', async () => {
    const database = await migratedDatabase({ DATABASE_CONNECTIONS: '1', DATABASE_STATEMENT_MS: '200' });
    const app = pod(database.config);
    const unlock = await locked(database);

    expect((await place(app, 'k-1')).statusCode).toBe(503);
    await unlock();
    expect((await place(app, 'k-1')).statusCode).toBe(201);
    expect(await placed(database)).toBe(1);
  });

  it('forget all keys whose time is up, however many, and no others', async () => {
    const database = await migratedDatabase();
    const app = pod(database.config);
    for (const key of ['old-1', 'old-2', 'old-3', 'old-4', 'old-5', 'new']) await place(app, key);
    await database.query(`update idempotency_keys set expires_at = now() where key like 'old-%'`);

    expect(await forgetExpiredKeys(await database.connect(), 2)).toBe(5);
    expect(await database.query('select key from idempotency_keys')).toEqual([{ key: 'new' }]);
  });
});
