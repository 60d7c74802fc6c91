import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '@sluice/scripts/ui';
import { unmountBelow } from '../drivers/embedded/mounts.ts';
import type { Host } from '../platform.ts';
import { run } from '../run.ts';
import { hostAptSource } from './apt-source.ts';
import { imagePaths } from './storage.ts';

/** Needed by nobody inside an image; `./dev` holds devices that a build may not make. */
const leftOut = [
  './dev/*',
  './usr/share/doc/*',
  './usr/share/info/*',
  './usr/share/locale/*',
  './usr/share/man/*',
  './var/cache/apt/*',
  './var/lib/apt/lists/*',
  './var/log/*',
];

/**
 * A minimal Debian (or Ubuntu) of this host's release as a tar archive, made by debootstrap once and then kept.
 * @returns the folder with `rootfs.tar`; what was interrupted starts over
 */
export async function bootstrapDebian(host: Host, step: Step): Promise<string> {
  const source = await hostAptSource();
  const folder = join(imagePaths(host).folder, 'debian', source.suite);
  const archive = join(folder, 'rootfs.tar');
  if (await stat(archive).catch(() => undefined)) return folder;
  await mkdir(folder, { recursive: true });
  await clearUnfinished(folder);
  const root = await mkdtemp(join(folder, 'rootfs-'));
  step.update(`debootstrap of ${source.suite}`);
  const keyring = source.keyring === undefined ? [] : [`--keyring=${source.keyring}`];
  const options = ['--variant=minbase', '--include=ca-certificates', ...keyring];
  await run('debootstrap', [...options, source.suite, root, source.mirror], {
    env: { ...host.env, DEBIAN_FRONTEND: 'noninteractive' },
    signal: host.signal,
    hint: `its log: ${join(root, 'debootstrap', 'debootstrap.log')}`,
  });
  step.update('packing Debian');
  const excluded = leftOut.map((path) => `--exclude=${path}`);
  const draft = `${archive}.part`;
  await run('tar', ['--create', '--file', draft, '--directory', root, '--numeric-owner', ...excluded, '.'], {
    signal: host.signal,
  });
  await rename(draft, archive);
  await rm(root, { recursive: true, force: true });
  return folder;
}

/** A killed debootstrap leaves /proc and /sys mounted in its folder. */
async function clearUnfinished(folder: string): Promise<void> {
  await unmountBelow(folder);
  for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
}
