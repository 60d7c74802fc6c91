import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config.ts';
import { buildServer } from '../server.ts';

function server() {
  const app = buildServer(readConfig({ LOG_LEVEL: 'silent' }));
  onTestFinished(() => app.close());
  return app;
}

it('places an order and gives it back where it said that it would be', async () => {
  const app = server();
  const lines = [{ productId: 'weir-board', quantity: 3 }];

  const placed = await app.inject({ method: 'POST', url: '/api/v1/orders', payload: { lines } });
  const found = await app.inject(String(placed.headers.location));

  expect(placed.statusCode).toBe(201);
  expect(found.json()).toEqual(placed.json());
  expect(found.json()).toMatchObject({ status: 'placed', lines });
  expect(await app.metrics.metrics()).toMatch(/orders_placed_total\{.*\} 1/);
});

it.each([
  ['no lines', { lines: [] }, /must NOT have fewer than 1 items/],
  ['a quantity of none', { lines: [{ productId: 'penstock', quantity: 0 }] }, /quantity must be >= 1/],
  ['a product that cannot exist', { lines: [{ productId: '../x', quantity: 1 }] }, /productId must match pattern/],
  ['nothing', undefined, /body must be object/],
])('refuses an order with %s, saying why', async (_what, payload, why) => {
  const response = await server().inject({ method: 'POST', url: '/api/v1/orders', ...(payload && { payload }) });

  expect(response.statusCode).toBe(400);
  expect(response.json().message).toMatch(why);
});

it('answers 404 naming the order that does not exist', async () => {
  const id = '00000000-0000-4000-8000-000000000000';

  const response = await server().inject(`/api/v1/orders/${id}`);

  expect(response.statusCode).toBe(404);
  expect(response.json().message).toBe(`no order "${id}"`);
});
