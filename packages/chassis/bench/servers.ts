import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { createApp, readEnvironment, serviceSettings } from '../src/index.ts';

/** One route, answered by what is measured: `node servers.ts <kind>` prints its port. */
const schema = {
  response: { 200: { type: 'object', properties: { id: { type: 'string' }, found: { type: 'boolean' } } } },
} as const;

const kinds: Record<string, () => Promise<number>> = {
  async http() {
    const server = createServer((request, response) => {
      const id = request.url?.slice('/api/v1/things/'.length);
      const body = JSON.stringify({ id, found: true });
      response
        .writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(body),
        })
        .end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  },
  async fastify() {
    const app = fastify();
    app.get<{ Params: { id: string } }>('/api/v1/things/:id', { schema }, async ({ params }) => ({
      id: params.id,
      found: true,
    }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    return (app.server.address() as AddressInfo).port;
  },
  async chassis() {
    const app = createApp({ service: 'bench', ...readEnvironment('bench', serviceSettings, process.env) });
    app.get<{ Params: { id: string } }>('/api/v1/things/:id', { schema }, async ({ params }) => ({
      id: params.id,
      found: true,
    }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    return (app.server.address() as AddressInfo).port;
  },
};

const kind = kinds[process.argv[2] ?? ''];
if (kind === undefined) throw new Error(`known: ${Object.keys(kinds).join(', ')}`);
process.send?.({ port: await kind() });
