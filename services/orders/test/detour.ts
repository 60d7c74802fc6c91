import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What PostgreSQL calls its socket, and pg looks for in a folder. */
const socketName = '.s.PGSQL.5432';

export interface Detour {
  /** The folder to connect to instead of the server's own. */
  folder: string;
  /** Cuts every connection and takes no more. */
  cut(): Promise<void>;
  mend(): Promise<void>;
}

/** A way to the server whose socket is in `target` that can be cut, as if the server were away. */
export async function detour(target: string): Promise<Detour> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-detour-'));
  const sockets = new Set<Socket>();
  let server: Server;

  async function mend(): Promise<void> {
    server = createServer((client) => {
      const upstream = connect(join(target, socketName));
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => [client, upstream].map((each) => each.destroy()));
      }
      client.pipe(upstream).pipe(client);
    }).listen(join(folder, socketName));
    await once(server, 'listening');
  }
  async function cut(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    server.close();
    await once(server, 'close');
  }

  await mend();
  onTestFinished(async () => {
    if (server.listening) await cut();
    await rm(folder, { recursive: true });
  });
  return { folder, cut, mend };
}
