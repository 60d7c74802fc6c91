import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically } from '../files.ts';
import type { Host } from '../platform.ts';
import { findCommand, fullPath } from '../host-packages.ts';
import { attempt, run } from '../run.ts';

/** What image builds keep, all below the state folder. */
export interface ImagePaths {
  folder: string;
  /** sha256 sums that are known already. */
  sums: string;
  /** What is gathered for one build. */
  work: string;
  /** The buildah that keeps to the state folder. */
  buildah: string;
}

export function imagePaths(host: Pick<Host, 'paths'>): ImagePaths {
  const folder = join(host.paths.state, 'images');
  return {
    folder,
    sums: join(folder, 'sums.json'),
    work: join(folder, 'work'),
    buildah: join(host.paths.bin, 'buildah'),
  };
}

/**
 * Writes the configuration of buildah below the state folder, and into the platform's `bin` a buildah that uses it, so
 * that the delivery pipeline builds in the same storage. Without it buildah writes below /var/lib, /var/cache and /etc.
 */
export async function prepareStorage(host: Pick<Host, 'paths' | 'env'>): Promise<ImagePaths> {
  const paths = imagePaths(host);
  await mkdir(paths.work, { recursive: true });
  for (const [name, text] of Object.entries(storageFiles(paths.folder))) {
    await writeAtomically(join(paths.folder, name), text);
  }
  const others = fullPath(host.env)
    .split(':')
    .filter((folder) => folder !== host.paths.bin);
  const real = findCommand('buildah', { PATH: others.join(':') }) ?? '/usr/bin/buildah';
  // Other images may be building with it just now.
  await writeAtomically(paths.buildah, wrapper(paths.folder, real), 0o755);
  return paths;
}

/** Runs buildah on the platform's storage and gives its standard output. */
export async function buildah(host: Host, args: readonly string[]): Promise<string> {
  return await run(imagePaths(host).buildah, args, { env: host.env, signal: host.signal });
}

/** Removes what a killed build left half-made, with its mounts; no build may run. */
export async function removeUnfinishedBuilds(host: Pick<Host, 'paths' | 'env'>): Promise<void> {
  const { buildah: command } = imagePaths(host);
  if (existsSync(command)) await attempt(command, ['rm', '--all'], { env: host.env });
}

/** The configuration files by name; `folder` is absolute. */
export function storageFiles(folder: string): Record<string, string> {
  const quoted = (...parts: string[]): string => JSON.stringify(join(folder, ...parts));
  return {
    'storage.conf': [
      '[storage]',
      'driver = "overlay"',
      `graphroot = ${quoted('storage')}`,
      `rootless_storage_path = ${quoted('storage')}`,
      `runroot = ${quoted('run')}`,
      '',
    ].join('\n'),
    'containers.conf': ['[network]', 'network_backend = "cni"', `network_config_dir = ${quoted('networks')}`, ''].join(
      '\n',
    ),
    'registries.conf': 'unqualified-search-registries = []\n',
  };
}

function wrapper(folder: string, real: string): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const at = (...parts: string[]): string => quoted(join(folder, ...parts));
  return `#!/bin/sh
# Written by pnpm start: buildah with everything it keeps below the state folder.
# As root it would keep its cache of known layers below /var/lib whatever is configured; told that root is the root of
# somebody's namespace, it uses XDG_DATA_HOME.
export _CONTAINERS_ROOTLESS_UID=1
export BUILDAH_ISOLATION=chroot
export CONTAINERS_STORAGE_CONF=${at('storage.conf')} CONTAINERS_CONF=${at('containers.conf')}
export XDG_DATA_HOME=${at('data')} XDG_CONFIG_HOME=${at('config')} XDG_CACHE_HOME=${at('cache')} XDG_RUNTIME_DIR=${at('run')}
mkdir -p "$XDG_RUNTIME_DIR"
exec ${quoted(real)} --registries-conf ${at('registries.conf')} --short-name-alias-conf ${at('short-names.conf')} "$@"
`;
}
