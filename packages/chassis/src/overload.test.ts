import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from './app.ts';
import { readEnvironment } from './environment.ts';
import { serviceSettings } from './settings.ts';

function build(env: NodeJS.ProcessEnv): FastifyInstance {
  const app = createApp({
    service: 'test',
    ...readEnvironment('test', serviceSettings, { LOG_LEVEL: 'silent', ...env }),
  });
  app.get('/api/v1/things', async () => ({ found: true }));
  onTestFinished(() => app.close());
  return app;
}

/** Keeps the event loop busy in stretches, so that what is due meanwhile runs late. */
async function overload(stretches: number): Promise<void> {
  for (let done = 0; done < stretches; done++) {
    const until = performance.now() + 400;
    while (performance.now() < until);
    await delay(1);
  }
}

it('refuses users while the event loop is late, answers probes, and recovers', async () => {
  const app = build({ OVERLOAD_DELAY_MS: '50' });
  await app.ready();
  expect((await app.inject('/api/v1/things')).statusCode).toBe(200);

  await overload(2);

  const refused = await app.inject('/api/v1/things');
  expect(refused.statusCode).toBe(503);
  expect(refused.headers['retry-after']).toBe('1');
  expect(refused.json().message).toMatch(/too busy/);
  for (const url of ['/livez', '/readyz', '/startupz', '/version'])
    expect((await app.inject(url)).statusCode).toBe(200);
  expect(await app.metrics.metrics()).toMatch(/http_requests_total\{.*route="\/api\/v1\/things",status="503".*\} 1/);
  await expect.poll(async () => (await app.inject('/api/v1/things')).statusCode, { timeout: 10_000 }).toBe(200);
});

it('refuses nobody because it was late once', async () => {
  const app = build({ OVERLOAD_DELAY_MS: '50' });
  await app.ready();

  await overload(1);

  expect((await app.inject('/api/v1/things')).statusCode).toBe(200);
});

it('refuses nobody at a limit of 0', async () => {
  const app = build({ OVERLOAD_DELAY_MS: '0' });
  await app.ready();

  await overload(4);

  expect((await app.inject('/api/v1/things')).statusCode).toBe(200);
});
