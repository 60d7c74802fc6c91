import fastify from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { addFaults } from './faults.ts';

it.each([
  { errorRate: 0, failures: 0 },
  { errorRate: 0.3, failures: 300 },
  { errorRate: 1, failures: 1000 },
])('fails $failures of 1000 evenly drawn requests at a rate of $errorRate', async ({ errorRate, failures }) => {
  const app = fastify();
  onTestFinished(() => app.close());
  let drawn = 0;
  addFaults(app, { errorRate, latencyMs: 0 }, () => drawn++ / 1000);
  app.get('/', async () => 'fine');

  let failed = 0;
  for (let sent = 0; sent < 1000; sent++) if ((await app.inject('/')).statusCode === 500) failed++;

  expect(failed).toBe(failures);
});
