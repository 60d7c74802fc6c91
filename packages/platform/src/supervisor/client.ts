import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '@sluice/scripts/errors';
import { endProcess, identify, isAlive, signalProcess } from '../linux/process.ts';
import { until } from '../wait.ts';
import { hashSpec, type ProcessFiles } from './files.ts';
import { tailLog } from './logs.ts';
import type { ProcessSpec } from './spec.ts';

/** Asks for processes to run from now on and wakes the supervisor, starting one where none runs. */
export async function ensureProcesses(files: ProcessFiles, specs: readonly ProcessSpec[]): Promise<void> {
  for (const spec of specs) {
    const before = files.readSpec(spec.name);
    if (before === undefined || hashSpec(before) !== hashSpec(spec)) files.writeSpec(spec);
  }
  await ensureSupervisor(files);
}

/** Makes sure that exactly one supervisor runs and knows the current specs. */
async function ensureSupervisor(files: ProcessFiles): Promise<void> {
  const running = files.readSupervisor();
  if (running !== undefined && signalProcess(running, 'SIGHUP')) return;
  mkdirSync(files.folder, { recursive: true });
  const log = openSync(join(files.folder, 'supervisor.log'), 'a', 0o600);
  const child = spawn(process.execPath, [fileURLToPath(new URL('main.ts', import.meta.url)), files.folder], {
    cwd: '/',
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  await until(
    'the start of the supervisor',
    async () => {
      const id = files.readSupervisor();
      return isAlive(id) ? true : undefined;
    },
    { timeout: 20_000, every: 20, hint: `see ${join(files.folder, 'supervisor.log')}` },
  );
}

/** Waits until processes are ready. One that keeps ending is an error that shows the last lines of its log. */
export async function waitReady(
  files: ProcessFiles,
  names: readonly string[],
  options: { timeout: number; signal?: AbortSignal; update?: (detail: string) => void },
): Promise<void> {
  const before = new Map(names.map((name) => [name, files.readState(name)?.restarts ?? 0]));
  const deadline = Date.now() + options.timeout;
  const { signal } = options;
  const failure = await until<UserError | true>(
    `readiness of ${names.join(', ')}`,
    async () => {
      const missing = names.filter((name) => !isUp(files, name));
      if (missing.length === 0) return true;
      options.update?.(`waiting for ${missing.join(', ')}`);
      // It may have been dying when it was last woken.
      if (!isAlive(files.readSupervisor())) await ensureSupervisor(files);
      for (const name of missing) {
        const restarts = (files.readState(name)?.restarts ?? 0) - (before.get(name) ?? 0);
        if (restarts >= 5 || Date.now() > deadline) return notReady(files, name, restarts);
      }
      return undefined;
    },
    { timeout: options.timeout + 1000, every: 50, ...(signal === undefined ? {} : { signal }) },
  );
  if (failure !== true) throw failure;
}

/** Stops a process by its recorded pid and forgets it; `grace` is in milliseconds. Fine when it does not run. */
export async function stopProcess(files: ProcessFiles, name: string, grace = 10_000): Promise<void> {
  files.removeSpec(name);
  const supervisor = files.readSupervisor();
  if (supervisor !== undefined) signalProcess(supervisor, 'SIGHUP');
  const recorded = files.readPid(name);
  if (recorded !== undefined) await endProcess(recorded, grace);
  files.remove(name);
}

/** Ends the supervisor; the processes go on. */
export async function stopSupervisor(files: ProcessFiles): Promise<void> {
  const running = files.readSupervisor();
  if (running !== undefined) await endProcess(running, 5000);
  files.removeSupervisor();
}

/** Names of the processes that run just now, supervised or not. */
export function runningProcesses(files: ProcessFiles): string[] {
  return files.names().filter((name) => isAlive(files.readPid(name)));
}

function isUp(files: ProcessFiles, name: string): boolean {
  const state = files.readState(name);
  const spec = files.readSpec(name);
  const recorded = files.readPid(name);
  return (
    state?.phase === 'ready' &&
    spec !== undefined &&
    recorded?.spec === hashSpec(spec) &&
    state.pid === recorded.pid &&
    identify(recorded.pid)?.start === recorded.start
  );
}

function notReady(files: ProcessFiles, name: string, restarts: number): UserError {
  const spec = files.readSpec(name);
  const state = files.readState(name);
  const what = restarts > 0 ? `ended ${restarts} times (${state?.lastEnd ?? 'unknown'})` : `is not ready`;
  const log = spec?.log ?? '';
  return new UserError(`${name} ${what}`, { hint: [`its log ${log} ends with:`, ...tailLog(log)].join('\n') });
}
