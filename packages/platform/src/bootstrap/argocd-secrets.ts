import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { compare, hash } from 'bcryptjs';
import { readIfThere, writeAtomically } from '../files.ts';
import type { Platform } from '../platform.ts';
import type { Paths } from '../state.ts';
import { apply, getObject } from './kubectl.ts';

interface Secret {
  data?: Record<string, string>;
}

/** The file with the password of Argo CD's user admin, readable by its owner only. */
export function adminPasswordFile(paths: Pick<Paths, 'state'>): string {
  return join(paths.state, 'argocd-admin-password');
}

/**
 * Gives Argo CD's user admin the password in the state folder, which is made here once.
 * A password that a person has set in Argo CD since stays, and that is said.
 */
export async function ensureAdminPassword(platform: Platform): Promise<void> {
  const file = adminPasswordFile(platform.paths);
  const kept = (await readIfThere(file))?.trim();
  const password = kept === undefined || kept === '' ? randomBytes(18).toString('base64url') : kept;
  if (password !== kept) await writeAtomically(file, `${password}\n`, 0o600);
  const secret = await getObject<Secret>(platform, 'secret', 'argocd', 'argocd-secret');
  const known = decode(secret, 'admin.password');
  if (known !== undefined && password === kept) {
    if (!(await compare(password, known))) {
      platform.progress.note(`the password of Argo CD's admin was changed; the one in ${file} is no longer in use`);
    }
    return;
  }
  await applySecret(platform, 'argocd-secret', {
    // Ten rounds, as Argo CD's own.
    'admin.password': await hash(password, 10),
    'admin.passwordMtime': new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
    // Argo CD would make one, but only after it has started.
    'server.secretkey': decode(secret, 'server.secretkey') ?? randomBytes(32).toString('base64'),
  });
}

/** Makes the password of Argo CD's Redis, for which its pods would otherwise wait. */
export async function ensureCachePassword(platform: Platform): Promise<void> {
  const known = decode(await getObject<Secret>(platform, 'secret', 'argocd', 'argocd-redis'), 'auth');
  if (known !== undefined) return;
  await applySecret(platform, 'argocd-redis', { auth: randomBytes(18).toString('base64url') });
}

async function applySecret(platform: Platform, name: string, values: Record<string, string>): Promise<void> {
  const metadata = { name, namespace: 'argocd', labels: { 'app.kubernetes.io/part-of': 'argocd' } };
  const encoded = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: Object.fromEntries(encoded) };
  await apply(platform, JSON.stringify(secret), 'sluice-secrets');
}

function decode(secret: Secret | undefined, key: string): string | undefined {
  const value = secret?.data?.[key];
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
}
