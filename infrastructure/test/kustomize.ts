import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { kustomizePath } from '@sluice/kustomize';
import type { KubernetesObject } from '@sluice/apiserver';
import { parseAllDocuments } from 'yaml';

export const root = join(import.meta.dirname, '../..');

/** The objects that a folder of the repository renders to. */
export async function buildKustomization(folder: string): Promise<KubernetesObject[]> {
  const options = { cwd: root, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(await kustomizePath({ root }), ['build', folder], options);
  return parseAllDocuments(stdout).map((document) => document.toJS() as KubernetesObject);
}
