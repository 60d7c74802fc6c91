import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it } from 'vitest';
import { migratedDatabase, noPostgres, pod } from '../../test/database.ts';
import { readConfig } from '../config.ts';

const lines = [
  { productId: 'weir-board', quantity: 3, unitPrice: 4900 },
  { productId: 'penstock', quantity: 1, unitPrice: 129_000 },
];

function place(app: FastifyInstance, payload: object | undefined, key: string | undefined = randomUUID()) {
  const headers = key === undefined ? {} : { 'idempotency-key': key };
  return app.inject({ method: 'POST', url: '/api/v1/orders', headers, ...(payload && { payload }) });
}

/** A pod whose database is nowhere: what it refuses it refuses without one. */
const alone = () => pod(readConfig({ LOG_LEVEL: 'silent', DATABASE_URL: 'postgresql://localhost:1/none' }));

it.each([
  ['no lines', { lines: [] }, /must NOT have fewer than 1 items/],
  ['a quantity of none', { lines: [{ ...lines[0], quantity: 0 }] }, /quantity must be >= 1/],
  ['a product that cannot exist', { lines: [{ ...lines[0], productId: '../x' }] }, /productId must match pattern/],
  ['a price that is no whole number', { lines: [{ ...lines[0], unitPrice: 9.99 }] }, /unitPrice must be integer/],
  ['nothing', undefined, /body must be object/],
])('refuses an order with %s, saying why', async (_what, payload, why) => {
  const response = await place(alone(), payload);

  expect(response.statusCode).toBe(400);
  expect(response.json().message).toMatch(why);
});

it.each([
  ['none', undefined, /must have required property 'idempotency-key'/],
  ['an empty one', '', /idempotency-key must match pattern/],
  ['one that is too long', 'x'.repeat(256), /idempotency-key must match pattern/],
])('refuses an order with an idempotency key that is %s', async (_what, key, why) => {
  const headers = key === undefined ? {} : { 'idempotency-key': key };

  const response = await alone().inject({ method: 'POST', url: '/api/v1/orders', headers, payload: { lines } });

  expect(response.statusCode).toBe(400);
  expect(response.json().message).toMatch(why);
});

it('refuses a currency that it does not take, naming those that it does', async () => {
  const response = await place(alone(), { currency: 'USD', lines });

  expect(response.statusCode).toBe(422);
  expect(response.json().message).toBe('"USD" is not taken; pay in EUR');
});

it('answers 503 and when to ask again while no database can be reached', async () => {
  const response = await place(alone(), { lines });

  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
  expect(response.json().message).toMatch(/^the database does not answer; send the same request again/);
});

describe.skipIf(noPostgres)('with a database', () => {
  it('places an order and gives it back where it said that it would be', async () => {
    const app = pod((await migratedDatabase()).config);

    const placed = await place(app, { currency: 'EUR', lines });
    const found = await app.inject(String(placed.headers.location));

    expect(placed.statusCode).toBe(201);
    expect(found.json()).toEqual(placed.json());
    expect(found.json()).toMatchObject({ status: 'placed', currency: 'EUR', lines, total: 143_700 });
    expect(await app.metrics.metrics()).toMatch(/orders_placed_total\{.*\} 1/);
  });

  it('answers a retry as it did the first time, also at another pod and with the fields in another order', async () => {
    const { config, query } = await migratedDatabase();
    const key = randomUUID();

    const first = await place(pod(config), { lines, currency: 'EUR' }, key);
    const again = await place(pod(config), { currency: 'EUR', lines }, key);

    expect(again.statusCode).toBe(201);
    expect(again.json()).toEqual(first.json());
    expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', location: first.headers.location });
    expect(await query('select count(*)::int from orders')).toEqual([{ count: 1 }]);
  });

  it('refuses a key that was used for another order, and keeps the first', async () => {
    const { config, query } = await migratedDatabase();
    const app = pod(config);
    await place(app, { lines }, 'k-1');

    const other = await place(app, { lines: lines.slice(1) }, 'k-1');

    expect(other.statusCode).toBe(422);
    expect(other.json().message).toMatch('the Idempotency-Key "k-1" was used for another order');
    expect(await query('select total::int from orders')).toEqual([{ total: 143_700 }]);
  });

  it('lets a key be used again when its time is up', async () => {
    const { config, query } = await migratedDatabase();
    const app = pod(config);
    await place(app, { lines }, 'k-1');
    await query(`update idempotency_keys set expires_at = now()`);

    const next = await place(app, { lines: lines.slice(1) }, 'k-1');

    expect(next.statusCode).toBe(201);
    expect(next.headers['idempotent-replayed']).toBeUndefined();
    expect(await query('select count(*)::int from orders')).toEqual([{ count: 2 }]);
  });

  it('answers 404 naming the order that does not exist', async () => {
    const id = '00000000-0000-4000-8000-000000000000';

    const response = await pod((await migratedDatabase()).config).inject(`/api/v1/orders/${id}`);

    expect(response.statusCode).toBe(404);
    expect(response.json().message).toBe(`no order "${id}"`);
  });
});
