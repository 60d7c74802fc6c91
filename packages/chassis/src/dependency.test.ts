import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { expect, it, onTestFinished } from 'vitest';
import { createApp } from './app.ts';
import { startWith } from './dependency.ts';
import { readEnvironment } from './environment.ts';
import { serviceSettings } from './settings.ts';

/** A service that cannot begin before something listens on a port of this machine. */
function build(port: number): FastifyInstance {
  const app = createApp({ service: 'test', ...readEnvironment('test', serviceSettings, { LOG_LEVEL: 'silent' }) });
  startWith(app, 'database', async (signal) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => socket.destroy());
    await once(socket, 'connect', { signal }).finally(() => socket.destroy());
  });
  onTestFinished(() => app.close());
  return app;
}

async function listenOn(port: number): Promise<Server> {
  const server = createServer((socket) => socket.end()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

async function freePort(): Promise<number> {
  const server = await listenOn(0);
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const statusOf = async (app: FastifyInstance, url: string): Promise<number> => (await app.inject(url)).statusCode;

it('is alive and started, but not ready, until its dependency answers, and stays ready when that goes again', async () => {
  const port = await freePort();
  const app = build(port);
  await app.ready();

  expect((await app.inject('/readyz')).json()).toEqual({ status: 'waiting', for: ['database'] });
  expect(await statusOf(app, '/livez')).toBe(200);
  expect(await statusOf(app, '/startupz')).toBe(200);

  const dependency = await listenOn(port);
  await expect.poll(() => statusOf(app, '/readyz'), { timeout: 20_000 }).toBe(200);

  dependency.close();
  await once(dependency, 'close');
  expect(await statusOf(app, '/readyz')).toBe(200);
  expect(await statusOf(app, '/livez')).toBe(200);
});

it('stops trying when the service stops', async () => {
  const app = build(await freePort());
  await app.ready();

  await app.close();

  expect(app.health.isReady()).toBe(false);
});
