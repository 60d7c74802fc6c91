import { rm } from 'node:fs/promises';
import type { Host } from '../../platform.ts';
import { isAlive } from '../../linux/process.ts';
import { requireRoot } from '../../preflight.ts';
import { purgeable } from '../../state.ts';
import { stopProcess, stopSupervisor } from '../../supervisor/client.ts';
import { createProcessFiles } from '../../supervisor/files.ts';
import type { Purge } from '../driver.ts';
import { clearHost, hasTouched } from './clean.ts';
import { removeSandboxes } from './sandboxes.ts';

/** Own processes in the order in which they stop, the kubelet first, since it would start again what is removed. */
const nodeFirst = ['kubelet', 'kube-proxy', 'kube-router'];
const last = ['containerd', 'kube-scheduler', 'kube-controller-manager', 'kube-apiserver', 'etcd', 'registry'];

/** Stops everything in an order that leaves nothing behind, then takes the rest off the host. */
export async function down(host: Host, purge: Purge): Promise<void> {
  requireRoot(process.geteuid?.());
  const files = createProcessFiles(host.paths.processes);
  const stop = host.progress.step('stopping processes');
  await stopSupervisor(files);
  const guests = files.names().filter((name) => !nodeFirst.includes(name) && !last.includes(name));
  await Promise.all(guests.map(async (name) => await stopProcess(files, name)));
  await Promise.all(nodeFirst.map(async (name) => await stopProcess(files, name)));
  stop.done();

  if (isAlive(files.readPid('containerd'))) await stopPods(host);

  const rest = host.progress.step('stopping the cluster');
  // The API server would wait for its watchers; nothing is lost with it, while etcd and the registry hold data.
  for (const name of last) await stopProcess(files, name, name.startsWith('kube-') ? 2000 : 10_000);
  rest.done();

  if (await hasTouched(host)) {
    const clear = host.progress.step('clearing the host');
    await clearHost(host);
    clear.done();
  }
  if (purge !== 'none') {
    for (const path of purgeable(host.paths)) await rm(path, { recursive: true, force: true });
  }
}

/** Stops the pods in good order where crictl can be had; else it says why not, and clearHost kills them. */
async function stopPods(host: Host): Promise<void> {
  const step = host.progress.step('stopping pods');
  try {
    const { bin } = await host.tool('crictl');
    await removeSandboxes(host, bin['crictl'] ?? 'crictl');
    step.done();
  } catch (error) {
    host.signal.throwIfAborted();
    step.fail(`${error instanceof Error ? error.message : String(error)}; they are killed instead`);
  }
}
