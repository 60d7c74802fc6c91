import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readIfThere, writeAtomically } from '../files.ts';
import { run } from '../run.ts';
import type { ProcessSpec } from '../supervisor/spec.ts';
import { pipelineEnvironment, withoutGitVariables } from './environment.ts';
import type { RemoteHost } from './host.ts';
import { remoteLayout, type RemoteLayout } from './layout.ts';
import { readSettings } from './settings.ts';
import { compileCacheOf, currentTool, nodeOf } from './tool.ts';

/** Seconds between two looks at the remote. */
const every = 10;

/**
 * The process that finishes what nobody waits for: `reconcile` of the tool in use, in a clone of its own. It ends when a
 * push has replaced the tool, and the supervisor starts the new one.
 */
export async function reconcilerProcess(host: RemoteHost, log: string): Promise<ProcessSpec> {
  const layout = remoteLayout(host.paths.remote);
  const given = withoutGitVariables(host.env);
  const settings = await readSettings(layout, given);
  const env = pipelineEnvironment(given, layout, { ...settings, node: dirname(nodeOf(layout.current)) });
  await ensureClone(layout, env);
  const text = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    name: 'reconciler',
    command: nodeOf(layout.current),
    args: [join(layout.current, 'scripts', 'bin.js'), 'reconcile', '--every', String(every), '--remote', 'local'],
    env: { ...Object.fromEntries(text), NODE_COMPILE_CACHE: compileCacheOf(layout.current) },
    cwd: layout.watch,
    log,
    // Another tool is another process.
    revision: (await currentTool(layout)) ?? '',
  };
}

/** Makes the clone; one that a killed start left half-made is made again. */
async function ensureClone(layout: RemoteLayout, env: NodeJS.ProcessEnv): Promise<void> {
  const ready = join(layout.watch, '.git', 'sluice-ready');
  if ((await readIfThere(ready)) !== undefined) return;
  await rm(layout.watch, { recursive: true, force: true });
  // The objects are shared: nothing that a branch has held is ever removed from the remote.
  const clone = ['clone', '--quiet', '--shared', '--no-checkout', '--origin', 'local', layout.repository, layout.watch];
  await run('git', clone, { env });
  for (const [key, value] of [
    ['user.name', 'Sluice'],
    ['user.email', 'sluice@localhost'],
  ] as const) {
    await run('git', ['-C', layout.watch, 'config', key, value], { env });
  }
  await writeAtomically(ready, '');
}
