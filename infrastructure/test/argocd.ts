import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findTool, stateFolder } from '@sluice/toolchain';
import { stringify } from 'yaml';
import { root } from './kustomize.ts';

/** Its command line asks for a cluster even where it needs none. */
const nowhere = {
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'none', cluster: { server: 'http://127.0.0.1:1' } }],
  contexts: [{ name: 'none', context: { cluster: 'none', user: 'none', namespace: 'argocd' } }],
  users: [{ name: 'none', user: {} }],
  'current-context': 'none',
};

/** The pinned argocd, where it has been made already: from nothing it would take minutes. */
export async function findArgocd(): Promise<string | undefined> {
  const tool = await findTool('argocd', { root, state: stateFolder(process.env), env: process.env });
  return tool?.bin['argocd'];
}

/** What `argocd admin` prints, given objects as files of these names, or undefined where it says no. */
export async function argocdAdmin(
  argocd: string,
  args: readonly string[],
  objects: Record<string, object> = {},
): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-argocd-'));
  try {
    const files = Object.entries({ ...objects, 'kubeconfig.yaml': nowhere });
    for (const [name, object] of files) await writeFile(join(folder, name), stringify(object));
    const env = { ...process.env, KUBECONFIG: join(folder, 'kubeconfig.yaml') };
    return (await promisify(execFile)(argocd, ['admin', ...args], { cwd: folder, env })).stdout;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return undefined;
    throw error;
  } finally {
    await rm(folder, { recursive: true });
  }
}
