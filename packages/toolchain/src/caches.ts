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
  return withLock(join(job.build, '.lock'), { signal: job.signal, onWait }, async () => {
    // A killed build leaves its temporary files.
    await rm(temporaryFolder(job.build), { recursive: true, force: true });
    return await work();
  });
}

/** Where go commands keep what they need only while they run. */
export function temporaryFolder(build: string): string {
  return join(build, 'tmp');
}

/**
 * Runs `work` while no other download of modules runs and nobody removes the caches. Builds go on meanwhile: go
 * commands lock what they write to the module cache.
 */
export function withModuleLock<T>(job: Job, work: () => Promise<T>): Promise<T> {
  const onWait = (holder: number): void => job.report('download', `waits for another download (process ${holder})`);
  return withLock(moduleLock(job.build), { signal: job.signal, onWait }, work);
}

function moduleLock(build: string): string {
  return join(build, '.modules-lock');
}

/**
 * Removes Go's module and build caches, which take gigabytes; the tools themselves stay. Waits for a running build, and
 * for a running download.
 * @throws the signal's reason if it is aborted while waiting
 */
export async function emptyBuildCaches(options: Pick<ToolchainOptions, 'state' | 'env' | 'signal'>): Promise<void> {
  const build = buildFolder(options.state);
  if (!(await stat(build).catch(() => undefined))) return;
  const { env, signal } = options;
  await withLock(join(build, '.lock'), { signal }, () =>
    withLock(moduleLock(build), { signal }, async () => {
      // Go makes the folders of its module cache read-only.
      await run('chmod', ['-R', 'u+w', build], { env, signal });
      for (const name of ['mod', 'cache', 'work', 'tmp']) await rm(join(build, name), { recursive: true, force: true });
    }),
  );
}
