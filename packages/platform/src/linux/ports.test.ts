import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { conflicting, findSocketHolder, listListeners, parseListeners } from './ports.ts';

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000000000000000 100 0 0 10 0
   1: 0100F60A:192B 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4243 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1388 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4244 1 0000000000000000 20 4 30 10 -1
   3: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4245 1 0 100 0 0 10 0
`;

describe('listening sockets', () => {
  it('are read from the kernel table, connections are not', () => {
    expect(parseListeners(table)).toEqual([
      { address: '127.0.0.1', port: 5000, inode: '4242' },
      { address: '10.246.0.1', port: 6443, inode: '4243' },
      { address: '00000000000000000000000000000000', port: 8080, inode: '4245' },
    ]);
  });

  it('conflict on the same address or where one of both is all addresses', () => {
    const listeners = parseListeners(table);

    expect(conflicting(listeners, '127.0.0.1', 5000)?.inode).toBe('4242');
    expect(conflicting(listeners, '0.0.0.0', 6443)?.inode).toBe('4243');
    expect(conflicting(listeners, '127.0.0.1', 8080)?.inode).toBe('4245');
    expect(conflicting(listeners, '127.0.0.1', 6443)).toBeUndefined();
  });

  it('are traced to the process that holds them', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };

    const listener = conflicting(listListeners(), '127.0.0.1', port);

    expect(findSocketHolder(listener?.inode ?? '')?.pid).toBe(process.pid);
    server.close();
  });

  it('are those of whoever is expected to hold them, also while a child has them as well', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const { fd } = (server as unknown as { _handle: { fd: number } })._handle;
    const child = spawn('sleep', ['60'], { stdio: ['ignore', 'ignore', 'ignore', fd] });
    onTestFinished(() => {
      child.kill();
      server.close();
    });
    const inode = conflicting(listListeners(), '127.0.0.1', port)?.inode ?? '';

    for (const pid of [child.pid, process.pid]) {
      expect(findSocketHolder(inode, [pid ?? 0])?.pid).toBe(pid);
    }
  });
});
