import { chown, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { usesLocalImages } from '../images/index.ts';
import type { Platform } from '../platform.ts';
import { applyComponent } from './apply-component.ts';
import { ensurePasswords } from './database-passwords.ts';
import { databaseObjects, databases } from './databases.ts';
import { applyDefinitionsOf } from './definitions.ts';
import { apply, kubectl } from './kubectl.ts';

/** Of the image, built here or upstream's. */
const user = 999;

/** Installs PostgreSQL with the databases of the settings, and gives each app's namespaces the Secret that it expects. */
export async function installPostgresql(platform: Platform): Promise<void> {
  await applyComponent(platform, 'postgresql', async () => {
    const volumes = usesLocalImages(platform) ? [await ensureVolume(platform.paths.postgresql)] : [];
    await defineExternalSecrets(platform);
    const objects = databaseObjects(databases(platform.settings), await ensurePasswords(platform));
    const items = [...volumes, ...objects];
    await apply(platform, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  });
}

/** A folder as the volume that PostgreSQL claims: nothing makes any in a cluster of processes. */
async function ensureVolume(path: string): Promise<object> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chown(path, user, user);
  const anyNode = { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'postgresql' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { namespace: 'postgresql', name: 'data-postgresql-0' },
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [anyNode] } },
    },
  };
}

/** Has the API take what apps bring for External Secrets, unless the cluster has that itself. */
async function defineExternalSecrets(platform: Platform): Promise<void> {
  const name = 'customresourcedefinition/externalsecrets.external-secrets.io';
  if ((await kubectl(platform, ['get', name, '--ignore-not-found', '--output', 'name'])) !== '') return;
  const file = join(platform.root, 'infrastructure', 'local', 'postgresql', 'customresourcedefinition.yaml');
  await applyDefinitionsOf(platform, await readFile(file, 'utf8'));
}
