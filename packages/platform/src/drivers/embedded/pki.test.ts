import { createPrivateKey, X509Certificate } from 'node:crypto';
import { connect, createServer, type Server } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createAuthority, createSigningKey, isUsable, issue, type LeafRequest } from './pki.ts';

const server: LeafRequest = {
  commonName: 'kube-apiserver',
  use: 'server',
  dns: ['localhost', 'kubernetes.default.svc'],
  addresses: ['127.0.0.1', '10.96.0.1'],
};

describe('certificates', () => {
  it('are signed by an authority that says it is one', async () => {
    const authority = await createAuthority('sluice');
    const ca = new X509Certificate(authority.cert);
    const leaf = new X509Certificate((await issue(authority, server)).cert);

    expect(ca.ca).toBe(true);
    expect(ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.checkIssued(ca)).toBe(true);
    expect(leaf.verify(ca.publicKey)).toBe(true);
  });

  it('carry names, addresses, group and the key that belongs to them', async () => {
    const authority = await createAuthority('sluice');
    const pair = await issue(authority, { ...server, organization: 'system:masters' });
    const leaf = new X509Certificate(pair.cert);

    expect(leaf.subject.split('\n')).toEqual(['O=system:masters', 'CN=kube-apiserver']);
    expect(leaf.subjectAltName).toBe(
      'DNS:localhost, DNS:kubernetes.default.svc, IP Address:127.0.0.1, IP Address:10.96.0.1',
    );
    expect(leaf.checkPrivateKey(createPrivateKey(pair.key))).toBe(true);
  });

  it('hold in a TLS handshake with a client certificate', async () => {
    const authority = await createAuthority('sluice');
    const own = await issue(authority, server);
    const client = await issue(authority, { commonName: 'admin', organization: 'system:masters', use: 'client' });
    const listener = createServer(
      { ...own, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
      (socket) => socket.end(String(socket.getPeerCertificate().subject.CN)),
    );

    const answer = await ask(listener, { ca: authority.cert, ...client });

    expect(answer).toBe('admin');
  });

  it('are used again until they near their end, miss a name or belong to another authority', async () => {
    const [authority, other] = [await createAuthority('sluice'), await createAuthority('sluice')];
    const pair = await issue(authority, server);
    const inTwoYears = new Date(Date.now() + 700 * 24 * 3600 * 1000);

    expect(isUsable(pair, authority, server)).toBe(true);
    expect(isUsable(pair, authority, server, inTwoYears)).toBe(false);
    expect(isUsable(pair, authority, { ...server, addresses: ['10.246.0.1'] })).toBe(false);
    expect(isUsable(pair, other, server)).toBe(false);
    expect(isUsable({ cert: '', key: '' }, authority, server)).toBe(false);
  });

  it('come with a key pair for service-account tokens', () => {
    const keys = createSigningKey();

    expect(keys.private).toContain('BEGIN PRIVATE KEY');
    expect(keys.public).toContain('BEGIN PUBLIC KEY');
  });
});

async function ask(listener: Server, options: { ca: string; cert: string; key: string }): Promise<string> {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    return await new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: address.port, servername: 'localhost', ...options });
      socket.setEncoding('utf8').on('data', resolve).on('error', reject);
    });
  } finally {
    listener.close();
  }
}
