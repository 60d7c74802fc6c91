import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { temporaryFolder } from '../../test/temporary.ts';
import { registryDigest } from './registry.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const password = Buffer.from('ann:hunter22').toString('base64');

/** A registry that gives nothing without a token for exactly that image, and its token service. */
async function guardedRegistry(accepts: (request: IncomingMessage) => boolean, challenge?: string): Promise<string> {
  const server = createServer((request, response) => {
    const host = request.headers.host ?? '';
    const { pathname, searchParams } = new URL(request.url ?? '', `http://${host}`);
    if (pathname === '/token') {
      const known = searchParams.get('scope') === 'repository:acme/web:pull' && searchParams.get('service') === 'here';
      if (known && accepts(request)) response.end(JSON.stringify({ token: 'for-web' }));
      else response.writeHead(403).end();
    } else if (request.headers.authorization === 'Bearer for-web') {
      response.writeHead(200, { 'docker-content-digest': digest }).end();
    } else {
      const bearer = `Bearer realm="http://${host}/token",service="here",scope="repository:acme/web:pull"`;
      response.writeHead(401, { 'www-authenticate': challenge ?? bearer }).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What docker login has stored; nothing of whoever runs the test. */
async function logIn(auths: Record<string, { auth: string }>): Promise<void> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }));
  vi.stubEnv('DOCKER_CONFIG', folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
}

describe('a registry that asks who is asking', () => {
  it('tells anybody of a public image, by a token that it gives for the asking', async () => {
    await logIn({});
    const host = await guardedRegistry((request) => request.headers.authorization === undefined);

    expect(await registryDigest(`${host}/acme/web`, '1')).toBe(digest);
  });

  it('tells whom docker login has stored of a private one', async () => {
    const host = await guardedRegistry((request) => request.headers.authorization === `Basic ${password}`);
    await logIn({ [host]: { auth: password } });

    expect(await registryDigest(`${host}/acme/web`, '1')).toBe(digest);
  });

  it('is not known to have no such image where it refuses, and says what to run', async () => {
    await logIn({ 'ghcr.io': { auth: password } });
    const host = await guardedRegistry((request) => request.headers.authorization !== undefined);
    const refused = registryDigest(`${host}/acme/web`, '1');

    await expect(refused).rejects.toMatchObject({
      message: `the registry ${host} answered 401 for ${host}/acme/web:1`,
      hint: `docker login ${host}`,
    });
  });

  it.each(['Bearer realm="http://example.invalid/token",service="here"', 'Negotiate', 'Bearer realm="no address"'])(
    'is given no password in the clear, nor by a way that is not known: %s',
    async (challenge) => {
      const host = await guardedRegistry(() => true, challenge);
      await logIn({ [host]: { auth: password } });

      await expect(registryDigest(`${host}/acme/web`, '1')).rejects.toThrow('answered 401');
    },
  );
});
