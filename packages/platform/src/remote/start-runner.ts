import { spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { withoutGitVariables } from './environment.ts';
import type { RemoteLayout } from './layout.ts';
import { compileCacheOf, currentTool, nodeOf } from './tool.ts';

export interface StartedRunner {
  hasExited(): boolean;
}

const logLimit = 1024 * 1024;

/**
 * Starts a runner from the installed tool in a session of its own, with none of the caller's streams, so that neither an
 * interrupt nor the closing of a terminal reaches it. It ends at once when another has its turn.
 */
export async function startRunner(
  layout: RemoteLayout,
  env: NodeJS.ProcessEnv,
  args: readonly string[] = [],
): Promise<StartedRunner> {
  const tool = await currentTool(layout);
  if (tool === undefined) {
    throw new UserError(`the remote ${layout.repository} has no tool to deliver with`, { hint: 'run: pnpm start' });
  }
  const isLong = (statSync(layout.runnerLog, { throwIfNoEntry: false })?.size ?? 0) > logLimit;
  const log = openSync(layout.runnerLog, isLong ? 'w' : 'a');
  const file = join(tool, 'packages', 'platform', 'src', 'remote', 'runner.ts');
  const child = spawn(nodeOf(tool), [file, '--repository', layout.repository, ...args], {
    cwd: layout.folder,
    env: { ...withoutGitVariables(env), NODE_COMPILE_CACHE: compileCacheOf(tool) },
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let exited = false;
  child.once('error', () => (exited = true));
  child.once('exit', () => (exited = true));
  child.unref();
  return { hasExited: () => exited };
}
