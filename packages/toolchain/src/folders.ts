import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { ToolError } from './errors.ts';
import type { Pin } from './pins.ts';
import type { Arch } from './types.ts';

/**
 * The folder for everything that outlives a run and is no part of the repository: SLUICE_STATE, else
 * `sluice` in the user's state folder.
 * @throws ToolError if the environment names neither SLUICE_STATE, XDG_STATE_HOME nor HOME
 */
export function stateFolder(env: NodeJS.ProcessEnv): string {
  if (env['SLUICE_STATE']) return resolve(env['SLUICE_STATE']);
  if (env['XDG_STATE_HOME']) return join(env['XDG_STATE_HOME'], 'sluice');
  if (env['HOME']) return join(env['HOME'], '.local/state/sluice');
  throw new ToolError(
    'no state folder: SLUICE_STATE, XDG_STATE_HOME and HOME are all unset',
    'Set SLUICE_STATE to a folder for the local state.',
  );
}

/** The folder of a tool's Go module. */
export function moduleFolder(root: string, name: string): string {
  return join(root, 'infrastructure/local/tools', name);
}

/**
 * Names the folder of one exact tool: its version, and a short hash over its pin, its Go module and its own sources.
 * @throws ToolError if the tool has no Go module
 */
export async function versionFolder(root: string, name: string, pin: Pin, arch: Arch): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([pin, arch]));
  const module = moduleFolder(root, name);
  for (const file of await filesBelow(module)) {
    hash.update(`\0${relative(module, file)}\0`).update(await readFile(file));
  }
  return `${pin.version}-${hash.digest('hex').slice(0, 10)}`;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    throw new ToolError(`${folder} cannot be read`, 'Each pinned tool needs its Go module there.', { cause: error });
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();
}
