import { connect, createServer, type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Front {
  /** `http://127.0.0.1:<port>`; stays the same until the test ends. */
  url: string;
  /** Sends new connections to the service at a URL. */
  lead(url: string): void;
}

/**
 * An address that stays while the service behind it ends and another one comes, as a Service of Kubernetes does. A port
 * that is free for a moment is somebody else's where many tests run.
 */
export async function startFront(first: string): Promise<Front> {
  let target = new URL(first);
  const server = createServer((caller) => {
    const service = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [caller, service],
      [service, caller],
    ] as const) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, lead: (url) => void (target = new URL(url)) };
}
