import { rm } from 'node:fs/promises';
import type { Host } from '../platform.ts';
import { purgeable } from '../state.ts';
import { runningProcesses, stopProcess, stopSupervisor } from '../supervisor/client.ts';
import { createProcessFiles } from '../supervisor/files.ts';
import type { Purge } from './driver.ts';

/** True while a process of the platform runs on this host beside the cluster: the Git server, the pipeline, the traffic. */
export function hasGuests(host: Host): boolean {
  const files = createProcessFiles(host.paths.processes);
  return files.readSupervisor() !== undefined || runningProcesses(files).length > 0;
}

/** Stops the platform's processes on this host, the supervisor first, since it would start them again. */
export async function stopGuests(host: Host): Promise<void> {
  const files = createProcessFiles(host.paths.processes);
  const step = host.progress.step('stopping processes');
  await stopSupervisor(files);
  await Promise.all(files.names().map((name) => stopProcess(files, name)));
  step.done();
}

/** Removes what `purge` says of the state folder. */
export async function removeState(host: Host, purge: Purge): Promise<void> {
  if (purge === 'none') return;
  for (const path of purgeable(host.paths)) await rm(path, { recursive: true, force: true });
}
