import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createApp } from './app.ts';
import { readEnvironment } from './environment.ts';
import { serviceSettings } from './settings.ts';

function build(env: NodeJS.ProcessEnv = {}): FastifyInstance {
  const config = readEnvironment('test', serviceSettings, { LOG_LEVEL: 'silent', ...env });
  const app = createApp({ service: 'test', ...config });
  app.get('/api/v1/things/:id', async () => ({ found: true }));
  app.get('/api/v1/broken', async () => {
    throw new Error('password=hunter2');
  });
  onTestFinished(() => app.close());
  return app;
}

describe('identity', () => {
  it('answers /version with service, version, revision, pod and namespace', async () => {
    const pod = { POD_NAME: 'test-abc', POD_NAMESPACE: 'test-prod' };
    const env = { VERSION: '3f2a-7', BUILD_VERSION: 'x', BUILD_REVISION: '3f2a', ...pod };

    const response = await build(env).inject('/version');

    expect(response.json()).toEqual({
      service: 'test',
      version: '3f2a-7',
      revision: '3f2a',
      pod: 'test-abc',
      namespace: 'test-prod',
    });
  });

  it('falls back to the version of the build when the pod has no version label', async () => {
    const response = await build({ VERSION: '', BUILD_VERSION: '3f2a-7' }).inject('/version');

    expect(response.json().version).toBe('3f2a-7');
  });

  it('names the version on every answer, failed ones included', async () => {
    const app = build({ VERSION: 'v2', FAULT_ERROR_RATE: '1' });

    for (const url of ['/api/v1/things/1', '/livez', '/nowhere']) {
      expect((await app.inject(url)).headers['x-service-version']).toBe('v2');
    }
  });
});

describe('probes', () => {
  it('is alive, started and ready once loaded', async () => {
    const app = build();

    for (const url of ['/livez', '/startupz', '/readyz']) expect((await app.inject(url)).statusCode).toBe(200);
  });

  it('is alive but not ready, and lets connections go, when it is stopping', async () => {
    const app = build();
    await app.ready();

    app.health.stop();

    expect((await app.inject('/readyz')).statusCode).toBe(503);
    expect((await app.inject('/livez')).statusCode).toBe(200);
    expect((await app.inject('/api/v1/things/1')).headers.connection).toBe('close');
  });
});

describe('errors', () => {
  it('does not show the message of an error of its own', async () => {
    const response = await build().inject('/api/v1/broken');

    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('hunter2');
  });
});

describe('injected faults', () => {
  it('fails every application route at a rate of 1 and leaves probes and /version alone', async () => {
    const app = build({ FAULT_ERROR_RATE: '1' });

    expect((await app.inject('/api/v1/things/1')).statusCode).toBe(500);
    expect((await app.inject('/nowhere')).statusCode).toBe(404);
    for (const url of ['/livez', '/startupz', '/readyz', '/version']) {
      expect((await app.inject(url)).statusCode).toBe(200);
    }
  });

  it('holds application routes back by the latency and probes not', async () => {
    const app = build({ FAULT_LATENCY_MS: '1000' });
    await app.ready();

    const slow = await timed(() => app.inject('/api/v1/things/1'));
    const quick = await timed(() => app.inject('/livez'));

    expect(slow).toBeGreaterThanOrEqual(995);
    expect(quick).toBeLessThan(995);
  });
});

describe('metrics', () => {
  it('counts and times by route template, with service and version', async () => {
    const app = build({ VERSION: 'v2' });

    await app.inject('/api/v1/things/1');
    await app.inject('/api/v1/things/2');
    await app.inject('/api/v1/broken');

    const text = await app.metrics.metrics();
    const things = 'method="GET",route="/api/v1/things/:id",status="200"';
    const broken = 'method="GET",route="/api/v1/broken",status="500"';
    expect(text).toContain(`http_requests_total{${things},service="test",version="v2"} 2`);
    expect(text).toContain(`http_requests_total{${broken},service="test",version="v2"} 1`);
    expect(text).toContain(`http_request_duration_seconds_count{service="test",version="v2",${things}} 2`);
  });

  it('counts injected failures', async () => {
    const app = build({ FAULT_ERROR_RATE: '1' });

    await app.inject('/api/v1/things/1');

    expect(await app.metrics.metrics()).toMatch(
      /http_requests_total\{.*route="\/api\/v1\/things\/:id",status="500".*\} 1/,
    );
  });

  it('counts what no route answers under one name and probes not at all', async () => {
    const app = build();

    for (const url of ['/a', '/b', '/livez', '/readyz', '/version']) await app.inject(url);

    const counted = (await app.metrics.metrics()).split('\n').filter((line) => line.startsWith('http_requests_total{'));
    expect(counted).toHaveLength(1);
    expect(counted[0]).toMatch(/route="unmatched",status="404".* 2$/);
  });
});

describe('a request that its caller gives up', () => {
  async function giveUp(app: FastifyInstance): Promise<void> {
    const received = new Promise((resolve) => {
      app.get('/api/v1/hanging', async () => {
        resolve(undefined);
        return new Promise(() => {});
      });
    });
    const caller = new AbortController();
    const asked = fetch(`${await app.listen()}/api/v1/hanging`, { signal: caller.signal });
    await received;
    caller.abort();
    await expect(asked).rejects.toThrow('aborted');
  }

  it('is counted and timed with status 499, once', async () => {
    const app = build();
    await giveUp(app);

    const labels = 'method="GET",route="/api/v1/hanging",status="499"';
    await vi.waitFor(async () => {
      const text = await app.metrics.metrics();
      expect(text).toContain(`http_requests_total{${labels},service="test",version="dev"} 1`);
      expect(text).toContain(`http_request_duration_seconds_count{service="test",version="dev",${labels}} 1`);
      expect(text).toContain('http_requests_in_flight{service="test",version="dev"} 0');
    }, 20_000);
  });
});

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
