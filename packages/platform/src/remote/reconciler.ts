import { dirname, join } from 'node:path';
import type { ProcessSpec } from '../supervisor/spec.ts';
import { hasClone, makeClone } from './clone.ts';
import { pipelineEnvironment, withoutGitVariables } from './environment.ts';
import type { RemoteHost } from './host.ts';
import { remoteLayout } from './layout.ts';
import { readSettings } from './settings.ts';
import { compileCacheOf, currentTool, nodeOf } from './tool.ts';

/** Whom landings and records of the reconciler name. */
const identity = { 'user.name': 'Sluice', 'user.email': 'sluice@localhost' };

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
  if (!(await hasClone(layout.watch))) await makeClone(layout, layout.watch, env, identity);
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
