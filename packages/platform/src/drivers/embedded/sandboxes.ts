import type { Host } from '../../platform.ts';
import { attempt } from '../../run.ts';
import { endProcess, findProcesses, variableOf } from '../../linux/process.ts';
import { marker } from '../../supervisor/spec.ts';
import { createNodeLayout } from './layout.ts';

/** Stops and removes all pods through the CRI, so that the CNI plugins take their own links and rules back. */
export async function removeSandboxes(host: Host, crictl: string): Promise<void> {
  const { crictlConfig } = createNodeLayout(host.paths);
  const ask = async (...args: string[]): Promise<string> =>
    (await attempt(crictl, ['--config', crictlConfig, ...args])).stdout.trim();
  const ids = (await ask('pods', '--quiet')).split('\n').filter((id) => id !== '');
  if (ids.length === 0) return;
  // One crictl works through its arguments one after the other.
  await Promise.all(ids.map(async (id) => await ask('stopp', id)));
  await ask('rmp', '--force', ...ids);
}

/** Ends what containerd has started beside itself: the shims carry its mark in their environment. */
export async function endShims(host: Host): Promise<void> {
  const shims = findProcesses(
    (pid, command) =>
      command[0]?.endsWith('containerd-shim-runc-v2') === true &&
      variableOf(pid, marker)?.startsWith(host.paths.processes) === true,
  );
  await Promise.all(shims.map(async (shim) => await endProcess(shim, 1000)));
}
