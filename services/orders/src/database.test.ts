import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig } from './config.ts';
import { connectionOptions, createPool, isUnavailable } from './database.ts';

/** The address of a server that takes connections and never says a word. */
async function silence(): Promise<string> {
  const server = createServer((socket) => onTestFinished(() => void socket.destroy())).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `postgresql://127.0.0.1:${(server.address() as AddressInfo).port}/orders`;
}

it.each([
  ['that is not there', () => Promise.resolve('postgresql://127.0.0.1:1/orders')],
  ['whose name nobody knows', () => Promise.resolve('postgresql://nowhere.invalid/orders')],
  ['that takes the connection and says nothing', silence],
])('calls a database %s unavailable, asked by the pool or for migrations', async (_what, address) => {
  const config = readConfig({ DATABASE_URL: await address(), DATABASE_WAIT_MS: '200' });
  const pool = createPool(config, () => undefined);
  onTestFinished(() => pool.end());
  const client = new Client({ ...connectionOptions(config), connectionTimeoutMillis: config.DATABASE_WAIT_MS });
  client.on('error', () => undefined);

  const errors = await Promise.all(
    [pool.query('select 1'), client.connect()].map((each) => each.then(String, (error: unknown) => error)),
  );

  for (const error of errors) expect(isUnavailable(error), String(error)).toBe(true);
});

it('calls an error of its own no such thing', () => {
  expect(isUnavailable(new TypeError('x is not a function'))).toBe(false);
});
