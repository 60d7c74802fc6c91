import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config.ts';
import { buildServer } from '../server.ts';

function server() {
  const app = buildServer(readConfig({ LOG_LEVEL: 'silent' }));
  onTestFinished(() => app.close());
  return app;
}

it('lists what is for sale', async () => {
  const response = await server().inject('/api/v1/products');

  expect(response.statusCode).toBe(200);
  expect(response.json().products).toContainEqual({
    id: 'penstock',
    name: 'Penstock',
    price: 129_000,
    currency: 'EUR',
  });
});

it('gives one product by its id', async () => {
  const response = await server().inject('/api/v1/products/weir-board');

  expect(response.json()).toEqual({ id: 'weir-board', name: 'Weir board', price: 4900, currency: 'EUR' });
});

it('answers 404 naming the product that does not exist', async () => {
  const response = await server().inject('/api/v1/products/ark');

  expect(response.statusCode).toBe(404);
  expect(response.json().message).toBe('no product "ark"');
});

it('counts products under the template of their route', async () => {
  const app = server();
  await app.inject('/api/v1/products/penstock');

  expect(await app.metrics.metrics()).toMatch(
    /http_requests_total\{.*route="\/api\/v1\/products\/:id",status="200".*\} 1/,
  );
});
