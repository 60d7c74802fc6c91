import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Binaries } from './binaries.ts';
import { startChild, type Child } from './child.ts';
import { createClient, type Client } from './client.ts';
import { freePorts } from './ports.ts';

/** An API server of one's own, with nothing behind it: it judges objects and runs none. */
export interface ApiServer extends Client {
  url: string;
  /** Ends both processes and removes what they wrote. */
  stop(): Promise<void>;
}

/** Milliseconds until a server that does not answer is given up; on idle cores it takes about three seconds. */
const patience = 60_000;

/**
 * Starts etcd and kube-apiserver on free ports of 127.0.0.1 with an empty folder, and waits until they answer. Both end
 * with this process at the latest.
 * @throws Error if one of them ends first, with its last words, or if they do not answer in time
 */
export async function startApiServer(binaries: Binaries): Promise<ApiServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-apiserver-'));
  const children: Child[] = [];
  async function stop(): Promise<void> {
    await Promise.all(children.map((child) => child.stop()));
    await rm(folder, { recursive: true, force: true });
  }
  try {
    const [store, peer, port] = (await freePorts(3)) as [number, number, number];
    const token = randomBytes(18).toString('base64url');
    await writeCredentials(folder, token);
    const etcd = startChild(binaries.etcd, etcdArgs(folder, store, peer), join(folder, 'etcd.log'));
    const args = serverArgs(folder, store, port);
    const server = startChild(binaries['kube-apiserver'], args, join(folder, 'kube-apiserver.log'));
    children.push(etcd, server);
    const url = `https://127.0.0.1:${port}`;
    const client = await answering(folder, url, token, [etcd, server]);
    return {
      ...client,
      url,
      async stop() {
        client.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function writeCredentials(folder: string, token: string): Promise<void> {
  await writeFile(join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(join(folder, 'service-account.key'), key, { mode: 0o600 });
}

function etcdArgs(folder: string, port: number, peer: number): string[] {
  return flags({
    'data-dir': join(folder, 'etcd'),
    'listen-client-urls': `http://127.0.0.1:${port}`,
    'advertise-client-urls': `http://127.0.0.1:${port}`,
    'listen-peer-urls': `http://127.0.0.1:${peer}`,
    'initial-advertise-peer-urls': `http://127.0.0.1:${peer}`,
    'initial-cluster': `default=http://127.0.0.1:${peer}`,
    'log-level': 'error',
    // Nothing of it outlives this process.
    'unsafe-no-fsync': 'true',
  });
}

function serverArgs(folder: string, store: number, port: number): string[] {
  const key = join(folder, 'service-account.key');
  return flags({
    'etcd-servers': `http://127.0.0.1:${store}`,
    'bind-address': '127.0.0.1',
    'secure-port': port,
    'cert-dir': folder,
    'token-auth-file': join(folder, 'tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': key,
    'service-account-signing-key-file': key,
    'service-cluster-ip-range': '10.96.0.0/16',
    // A pod may be privileged here so that it is a policy that says no.
    'allow-privileged': 'true',
    // No controller makes the accounts that this plugin waits for.
    'disable-admission-plugins': 'ServiceAccount',
    'endpoint-reconciler-type': 'none',
  });
}

function flags(values: Record<string, string | number>): string[] {
  return Object.entries(values).map(([flag, value]) => `--${flag}=${value}`);
}

async function answering(folder: string, url: string, token: string, children: readonly Child[]): Promise<Client> {
  let ended: string | undefined;
  for (const child of children) void child.ended.then((words) => (ended ??= words));
  const deadline = Date.now() + patience;
  for (;;) {
    if (ended !== undefined) throw new Error(`the API server did not come up; ${ended}`);
    if (Date.now() > deadline) throw new Error(`the API server does not answer on ${url} after ${patience / 1000} s`);
    const client = await tryConnect(folder, url, token);
    if (client !== undefined) return client;
    await pause(50);
  }
}

/** The certificate that it shows is one that it has made itself. */
async function tryConnect(folder: string, url: string, token: string): Promise<Client | undefined> {
  const ca = await readFile(join(folder, 'apiserver.crt'), 'utf8').catch(() => undefined);
  if (ca === undefined) return undefined;
  const client = createClient(url, ca, token);
  const answer = await client.request('GET', '/readyz').catch(() => undefined);
  if (answer?.status === 200) return client;
  client.close();
  return undefined;
}
