import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what systems hand out to whoever asks for any port, from 32768 on Linux and 49152 elsewhere. */
const [lowest, highest] = [20_000, 29_999];

/**
 * Ports of 127.0.0.1 that nobody listens on, all different. Nobody is given one of them by chance in the seconds until a
 * server has started there.
 * @throws Error where this process may not listen at all
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = randomInt(lowest, highest + 1);
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
