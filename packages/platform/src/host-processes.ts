import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fullPath } from './host-packages.ts';
import type { Platform } from './platform.ts';
import { reconcilerProcess } from './remote/index.ts';
import { ensureProcesses, stopProcess, waitReady } from './supervisor/client.ts';
import { createProcessFiles } from './supervisor/files.ts';
import type { ProcessSpec } from './supervisor/spec.ts';

/** Serves the Git remote to the pods, on the address at which they reach this host. */
export async function runGitServer(platform: Platform): Promise<void> {
  const { port, address } = { port: platform.settings.ports.git, address: await platform.driver.hostAddress() };
  const args = ['--port', String(port), '--address', address, '--repository', platform.paths.remote];
  const files = createProcessFiles(platform.paths.processes);
  const spec = nodeProcess(platform, 'git', 'remote/http.ts', args);
  await ensureProcesses(files, [{ ...spec, ready: { kind: 'http', url: `http://${address}:${port}/healthz` } }]);
  await waitReady(files, ['git'], { timeout: 30_000, signal: platform.signal });
}

/** Keeps the reconciler running: it records outcomes nobody waited for, and restores what was verified where something failed. */
export async function runReconciler(platform: Platform): Promise<void> {
  const spec = await reconcilerProcess(platform, join(platform.paths.logs, 'reconciler.log'));
  await ensureProcesses(createProcessFiles(platform.paths.processes), [spec]);
}

/** Starts or ends the traffic client, as the options say. */
export async function setTraffic(platform: Platform): Promise<void> {
  const { settings, paths, options } = platform;
  const files = createProcessFiles(paths.processes);
  if (!options.traffic) {
    await stopProcess(files, 'traffic');
    return;
  }
  const { perSecond, hosts } = settings.traffic;
  const args = [`http://127.0.0.1:${settings.ports.router}`, String(perSecond), ...hosts];
  await ensureProcesses(files, [nodeProcess(platform, 'traffic', 'traffic.ts', args)]);
}

/** A program of this package as a process; `program` is relative to this folder. */
function nodeProcess(platform: Platform, name: string, program: string, args: readonly string[]): ProcessSpec {
  return {
    name,
    command: process.execPath,
    args: [fileURLToPath(new URL(program, import.meta.url)), ...args],
    env: { PATH: fullPath(platform.env), HOME: platform.env['HOME'] ?? platform.paths.state },
    log: join(platform.paths.logs, `${name}.log`),
  };
}
