import { once } from 'node:events';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Script } from 'node:vm';
import type { FastifyInstance } from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../config.ts';
import { buildServer } from '../server.ts';

const penstock = { id: 'penstock', name: 'Penstock', price: 129_000, currency: 'EUR' };

// The rate is set because its default is what a demonstration of a bad version edits.
function storefront(env: NodeJS.ProcessEnv = {}): FastifyInstance {
  const app = buildServer(readConfig({ LOG_LEVEL: 'silent', FAULT_ERROR_RATE: '0', ...env }));
  onTestFinished(() => app.close());
  return app;
}

/** A catalog over real HTTP that answers as told; the result is its URL. */
async function catalog(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const upCatalog = () => catalog((_request, response) => response.end(JSON.stringify({ products: [penstock] })));
const refusingCatalog = () => catalog((_request, response) => response.writeHead(503).end());
const silentCatalog = () => catalog(() => undefined);
const noCatalog = async () => 'http://127.0.0.1:9';

describe('/api/v1/hello', () => {
  it('says who answers and how many products the catalog has', async () => {
    const app = storefront({ CATALOG_URL: await upCatalog(), VERSION: '3f2a-7', POD_NAME: 'storefront-abc' });

    const response = await app.inject('/api/v1/hello');

    expect(response.json()).toEqual({ service: 'storefront', version: '3f2a-7', pod: 'storefront-abc', catalog: 1 });
  });

  it.each([
    ['refused', refusingCatalog],
    ['timeout', silentCatalog],
    ['unreachable', noCatalog],
  ])('answers 200 and says %s when the catalog is so', async (state, url) => {
    const app = storefront({ CATALOG_URL: await url(), CATALOG_TIMEOUT_MS: patienceWith(url) });

    const response = await app.inject('/api/v1/hello');

    expect(response.statusCode).toBe(200);
    expect(response.json().catalog).toBe(state);
    expect(await app.metrics.metrics()).toMatch(new RegExp(`catalog_calls_total\\{outcome="${state}".*\\} 1`));
  });

  it('fails when told to, naming the version that failed', async () => {
    const app = storefront({ FAULT_ERROR_RATE: '1', VERSION: 'bad' });

    const response = await app.inject('/api/v1/hello');

    expect(response.statusCode).toBe(500);
    expect(response.headers['x-service-version']).toBe('bad');
  });
});

/** Only who never answers is given up on early: the others get their time, also on a busy machine. */
function patienceWith(catalog: unknown): string {
  return catalog === silentCatalog ? '100' : '10000';
}

describe('/api/v1/products', () => {
  it('passes on what the catalog sells', async () => {
    const response = await storefront({ CATALOG_URL: await upCatalog() }).inject('/api/v1/products');

    expect(response.json()).toEqual({ products: [penstock] });
  });

  it.each([
    ['drops the connection', (answer: ServerResponse) => answer.destroy()],
    ['has too much to do', (answer: ServerResponse) => answer.writeHead(503).end()],
  ])('asks again when the catalog %s, and counts that', async (_how, fail) => {
    let asked = 0;
    const url = await catalog((_request, answer) =>
      ++asked < 3 ? fail(answer) : answer.end(JSON.stringify({ products: [penstock] })),
    );
    const app = storefront({ CATALOG_URL: url, CATALOG_TIMEOUT_MS: '10000' });

    const response = await app.inject('/api/v1/products');

    expect(response.json()).toEqual({ products: [penstock] });
    expect(asked).toBe(3);
    expect(await app.metrics.metrics()).toMatch(/catalog_retries_total\{.*\} 2/);
    expect(await app.metrics.metrics()).toMatch(/catalog_calls_total\{outcome="answered".*\} 1/);
  });

  it('does not repeat a question that is refused for good', async () => {
    let asked = 0;
    const url = await catalog((_request, answer) => (asked++, answer.writeHead(404).end()));

    const response = await storefront({ CATALOG_URL: url }).inject('/api/v1/products');

    expect(response.statusCode).toBe(502);
    expect(asked).toBe(1);
  });

  it.each([
    ['refuses', refusingCatalog, /the catalog at http\S+ answered 503/],
    ['is silent', silentCatalog, /the catalog at http\S+ did not answer within 100 ms/],
    ['is down', noCatalog, /the catalog at http\S+ could not be reached: /],
  ])('answers 502 with the reason when the catalog %s', async (_how, url, why) => {
    const app = storefront({ CATALOG_URL: await url(), CATALOG_TIMEOUT_MS: patienceWith(url) });

    const response = await app.inject('/api/v1/products');

    expect(response.statusCode).toBe(502);
    expect(response.json().message).toMatch(why);
  });
});

describe('/', () => {
  it('is a page that needs nothing from elsewhere', async () => {
    const response = await storefront().inject('/');

    expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(response.body).toContain('<h1>');
    expect(response.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  });

  it('carries a script that parses, and a policy that lets only it run', async () => {
    const response = await storefront().inject('/');

    const script = /<script>([\s\S]*)<\/script>/.exec(response.body)?.[1] ?? '';
    expect(() => new Script(script)).not.toThrow();
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(script));
    expect(response.headers['content-security-policy']).toContain(`'sha256-${Buffer.from(hash).toString('base64')}'`);
  });
});

describe('configuration', () => {
  it('refuses a catalog URL that is none, together with everything else that is wrong', () => {
    const wrong = { CATALOG_URL: 'catalog', CATALOG_TIMEOUT_MS: 'soon', FAULT_ERROR_RATE: '2' };

    expect(() => readConfig(wrong)).toThrow(/3 settings.*CATALOG_URL="catalog".*|FAULT_ERROR_RATE="2"/s);
  });
});
