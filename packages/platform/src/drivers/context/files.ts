import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { findContext, type ClusterAccess } from '../kubeconfig.ts';

/**
 * The access that a context gives, from the files of KUBECONFIG or else ~/.kube/config, as kubectl reads them.
 * Throws UserError where there is no kubeconfig, or none with that context (with the nearest name).
 */
export async function readContext(context: string, env: NodeJS.ProcessEnv): Promise<ClusterAccess> {
  const named = (env['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const candidates = named.length > 0 ? named : [join(env['HOME'] ?? '', '.kube/config')];
  const found = candidates.filter((file) => existsSync(file));
  if (found.length === 0) {
    throw new UserError(`there is no kubeconfig at ${candidates.join(', ')}`, {
      hint: 'the driver context takes a cluster from it; set KUBECONFIG, or choose another driver with --driver',
      exit: 'usage',
    });
  }
  const files = await Promise.all(found.map(async (file) => ({ file, text: await readFile(file, 'utf8') })));
  return findContext(files, context);
}
