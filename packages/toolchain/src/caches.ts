import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from './job.ts';
import { withLock } from './lock.ts';
import { run } from './run.ts';
import type { ToolchainOptions } from './types.ts';

/** The folder of build caches and scratch folders. */
export function buildFolder(state: string): string {
  return join(state, 'build');
}

/** Runs `work` while no other build uses the caches: a build takes all cores, and up to 3 GB of memory. */
export function withBuildLock<T>(job: Job, work: () => Promise<T>): Promise<T> {
  const onWait = (holder: number): void => job.report('build', `waits for another build (process ${holder})`);
  return withLock(join(job.build, '.lock'), { signal: job.signal, onWait }, work);
}

/**
 * Removes Go's module and build caches, which take gigabytes; the tools themselves stay. Waits for a running build.
 * @throws the signal's reason if it is aborted while waiting
 */
export async function emptyBuildCaches(options: Pick<ToolchainOptions, 'state' | 'env' | 'signal'>): Promise<void> {
  const build = buildFolder(options.state);
  if (!(await stat(build).catch(() => undefined))) return;
  await withLock(join(build, '.lock'), { signal: options.signal }, async () => {
    // Go makes the folders of its module cache read-only.
    await run('chmod', ['-R', 'u+w', build], { env: options.env, signal: options.signal });
    for (const name of ['mod', 'cache', 'work']) await rm(join(build, name), { recursive: true, force: true });
  });
}
