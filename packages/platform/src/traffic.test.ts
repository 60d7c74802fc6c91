import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendTraffic } from './traffic.ts';

describe('traffic', () => {
  it('goes to hosts that answer, errors included, and leaves hosts without a route alone', async () => {
    const counts: Record<string, number> = {};
    const enough = new AbortController();
    const server = createServer((request, response) => {
      const host = request.headers.host ?? '';
      counts[host] = (counts[host] ?? 0) + 1;
      response.statusCode = host === 'none.localhost' ? 404 : host === 'bad.localhost' ? 500 : 200;
      response.end();
      if ((counts['good.localhost'] ?? 0) + (counts['bad.localhost'] ?? 0) === 100) enough.abort();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };

    const hosts = ['good.localhost', 'bad.localhost', 'none.localhost'];
    await sendTraffic({ router: `http://127.0.0.1:${port}`, perSecond: 100, hosts, signal: enough.signal });

    // On a busy machine some more are on their way before it is known that there is no route.
    expect(counts['none.localhost']).toBeLessThanOrEqual(10);
    expect(Math.abs((counts['good.localhost'] ?? 0) - (counts['bad.localhost'] ?? 0))).toBeLessThanOrEqual(3);
  });

  it('is quiet where no router listens', async () => {
    const quiet = sendTraffic({
      router: 'http://127.0.0.1:9',
      perSecond: 50,
      hosts: ['a'],
      signal: AbortSignal.timeout(200),
    });

    await expect(quiet).resolves.toBeUndefined();
  });
});
