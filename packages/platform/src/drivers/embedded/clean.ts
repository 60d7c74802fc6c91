import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Host } from '../../platform.ts';
import { fullPath } from '../../host-packages.ts';
import { removeUnfinishedBuilds } from '../../images/storage.ts';
import { createProcessFiles } from '../../supervisor/files.ts';
import { runningProcesses } from '../../supervisor/client.ts';
import { isSameBoot, restoreBefore } from './before.ts';
import { killCgroups, removeCgroups } from './cgroups.ts';
import { removeRules, removeSets } from './iptables.ts';
import { linkOwner, removeLinks } from './links.ts';
import { unmountBelow } from './mounts.ts';
import { endShims } from './sandboxes.ts';

/** True where a platform of this state folder left something on the host and none of its processes runs. */
export async function hasRemains(host: Host): Promise<boolean> {
  return runningProcesses(createProcessFiles(host.paths.processes)).length === 0 && (await hasTouched(host));
}

/** True where something on the host is of this state folder's platform, running or not. */
export async function hasTouched({ paths, settings }: Host): Promise<boolean> {
  const owner = await linkOwner(settings);
  return owner === paths.state || (owner === undefined && (existsSync(paths.before) || existsSync(paths.run)));
}

/**
 * Takes everything off the host that a node leaves there once its processes are stopped or killed:
 * pods, mounts, links, firewall rules, cgroups, kernel settings. Idempotent.
 */
export async function clearHost(host: Host): Promise<void> {
  const { paths, settings } = host;
  const env = { ...host.env, PATH: fullPath(host.env) };
  await killCgroups();
  await endShims(host);
  await removeUnfinishedBuilds(host);
  for (const folder of [paths.run, paths.kubelet, paths.containerd, paths.images]) await unmountBelow(folder);
  await removeLinks(settings);
  if (await isSameBoot(paths.before)) {
    await removeRules(env);
    await removeSets(env);
  }
  await removeCgroups();
  // Sockets, namespaces and handed-out pod addresses mean nothing any more.
  await rm(paths.run, { recursive: true, force: true });
  await restoreBefore(paths.before);
}
