import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { readIfThere, writeAtomically } from '../files.ts';
import { run } from '../run.ts';
import type { RemoteLayout } from './layout.ts';

/** Whether a clone is there in full; what a killed process left half-made is not. */
export async function hasClone(folder: string): Promise<boolean> {
  return (await readIfThere(mark(folder))) !== undefined;
}

/** Clones the remote, as `local` and without a checkout, in place of whatever is in the folder; `config` becomes the clone's own. */
export async function makeClone(
  layout: RemoteLayout,
  folder: string,
  env: NodeJS.ProcessEnv,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  const settings = Object.entries(config).flatMap(([key, value]) => ['--config', `${key}=${value}`]);
  // The objects are shared: nothing that a branch has held is ever removed from the remote.
  const options = ['--quiet', '--shared', '--no-checkout', '--origin', 'local', ...settings];
  await run('git', ['clone', ...options, layout.repository, folder], { env });
  await writeAtomically(mark(folder), '');
}

function mark(folder: string): string {
  return join(folder, '.git', 'sluice-ready');
}
