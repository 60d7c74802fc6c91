import { join } from 'node:path';
import { readIfThere, writeAtomically } from '../../files.ts';
import { apiServiceAddress, type Settings } from '../../settings.ts';
import type { Paths } from '../../state.ts';
import { createAuthority, createSigningKey, isUsable, issue, type LeafRequest, type Pair } from './pki.ts';

interface Leaf extends LeafRequest {
  file: string;
  authority: AuthorityName;
}

type AuthorityName = 'ca' | 'front-proxy-ca' | 'etcd-ca';

const authorities: Record<AuthorityName, string> = {
  ca: 'sluice',
  'front-proxy-ca': 'sluice-front-proxy',
  'etcd-ca': 'sluice-etcd',
};

/** Every certificate of the cluster: https://kubernetes.io/docs/setup/best-practices/certificates/ */
function leaves(settings: Settings): Leaf[] {
  const { name, address } = settings.node;
  return [
    {
      file: 'apiserver',
      authority: 'ca',
      use: 'server',
      commonName: 'kube-apiserver',
      dns: [
        'localhost',
        'kubernetes',
        'kubernetes.default',
        'kubernetes.default.svc',
        'kubernetes.default.svc.cluster.local',
      ],
      addresses: ['127.0.0.1', address, apiServiceAddress(settings)],
    },
    client('apiserver-kubelet-client', 'kube-apiserver-kubelet-client', 'system:masters'),
    client('admin', 'sluice-admin', 'system:masters'),
    client('controller-manager', 'system:kube-controller-manager'),
    client('scheduler', 'system:kube-scheduler'),
    client('kube-proxy', 'system:kube-proxy'),
    client('kube-router', 'system:kube-router'),
    client('kubelet-client', `system:node:${name}`, 'system:nodes'),
    { file: 'kubelet', authority: 'ca', use: 'server', commonName: name, dns: [name], addresses: [address] },
    { file: 'front-proxy-client', authority: 'front-proxy-ca', use: 'client', commonName: 'front-proxy-client' },
    {
      file: 'etcd',
      authority: 'etcd-ca',
      use: 'both',
      commonName: 'etcd',
      dns: ['localhost'],
      addresses: ['127.0.0.1'],
    },
    { file: 'etcd-client', authority: 'etcd-ca', use: 'client', commonName: 'kube-apiserver' },
  ];
}

/** Makes the certificates that are missing or about to end and keeps the rest; keys are mode 600. */
export async function ensureCertificates(paths: Paths, settings: Settings): Promise<void> {
  const signers = new Map<AuthorityName, Pair>();
  for (const [name, commonName] of Object.entries(authorities) as [AuthorityName, string][]) {
    const pair = (await readPair(paths.pki, name)) ?? (await createAuthority(commonName));
    await writePair(paths.pki, name, pair);
    signers.set(name, pair);
  }
  for (const leaf of leaves(settings)) {
    const authority = signers.get(leaf.authority);
    if (authority === undefined) throw new Error(`no authority ${leaf.authority}`);
    const stored = await readPair(paths.pki, leaf.file);
    if (stored !== undefined && isUsable(stored, authority, leaf)) continue;
    await writePair(paths.pki, leaf.file, await issue(authority, leaf));
  }
  const publicKey = join(paths.pki, 'service-account.pub');
  if ((await readIfThere(publicKey)) !== undefined) return;
  const keys = createSigningKey();
  await writeAtomically(join(paths.pki, 'service-account.key'), keys.private, 0o600);
  // Last, since its presence says that both are there.
  await writeAtomically(publicKey, keys.public);
}

async function readPair(folder: string, name: string): Promise<Pair | undefined> {
  const cert = await readIfThere(join(folder, `${name}.crt`));
  const key = await readIfThere(join(folder, `${name}.key`));
  return cert === undefined || key === undefined || cert === '' || key === '' ? undefined : { cert, key };
}

async function writePair(folder: string, name: string, pair: Pair): Promise<void> {
  await writeAtomically(join(folder, `${name}.key`), pair.key, 0o600);
  await writeAtomically(join(folder, `${name}.crt`), pair.cert);
}

function client(file: string, commonName: string, organization?: string): Leaf {
  const leaf: Leaf = { file, authority: 'ca', use: 'client', commonName };
  return organization === undefined ? leaf : { ...leaf, organization };
}
