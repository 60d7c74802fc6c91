import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TestRegistry {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** `<name>/manifests/<tag>` of every image that was pushed. */
  images(): string[];
  stop(): Promise<void>;
}

/** The few calls of the OCI distribution API that the pipeline uses: `/v2/`, and putting and asking for a manifest by tag. */
export async function startRegistry(): Promise<TestRegistry> {
  const manifests = new Map<string, string>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    if (request.method === 'PUT') {
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      request.on('end', () => {
        manifests.set(path, `sha256:${hash.digest('hex')}`);
        response.writeHead(201).end();
      });
      return;
    }
    const digest = manifests.get(path);
    if (path === '/v2/') response.writeHead(200).end();
    else if (digest === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'docker-content-digest': digest }).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  async function stop(): Promise<void> {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    images: () => [...manifests.keys()].map((path) => path.replace('/v2/', '')).toSorted(),
    stop,
  };
}
