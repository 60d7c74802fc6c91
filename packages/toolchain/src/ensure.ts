import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSource } from './build.ts';
import { buildFolder, withBuildLock } from './caches.ts';
import { ToolError, reasonOf } from './errors.ts';
import { bringFiles } from './files.ts';
import { moduleFolder, versionFolder } from './folders.ts';
import { removeStaging, type Job } from './job.ts';
import { withLock } from './lock.ts';
import { fromMirror, mirrorName } from './mirror.ts';
import { readPin } from './pins.ts';
import { fromRelease } from './release.ts';
import type { Arch, InstalledTool, Outcome, Source, ToolchainOptions } from './types.ts';

const sources: Record<Source, (job: Job) => Promise<Outcome>> = {
  mirror: fromMirror,
  release: fromRelease,
  source: (job) => withBuildLock(job, () => fromSource(job)),
};
const phases = { mirror: 'mirror', release: 'download', source: 'build' } as const;

/**
 * Finds one pinned tool, or makes it: from the cache, the mirror that SLUICE_MIRROR names, upstream's release, or its
 * source. A stopped call is continued by the next one; of two calls at once, also in two processes, one does the work.
 * @returns the tool, with absolute paths
 * @throws ToolError if no source has it, if a sum differs, or if its build fails; the signal's reason after an abort
 */
export async function ensureTool(name: string, options: ToolchainOptions): Promise<InstalledTool> {
  const job = await jobOf(name, options);
  try {
    const cached = await installed(job);
    if (cached) {
      job.report('cached', cached.version);
      return cached;
    }
    const onWait = (holder: number): void => job.report('build', `waits for process ${holder}, which prepares it`);
    const lock = join(options.state, 'tools', name, '.lock');
    return await withLock(lock, { signal: options.signal, onWait }, async () => {
      return (await installed(job)) ?? (await make(job));
    });
  } catch (error) {
    job.report('failed', reasonOf(error));
    throw error;
  }
}

async function jobOf(name: string, options: ToolchainOptions): Promise<Job> {
  const pin = await readPin(options.root, name);
  const arch: Arch = options.arch ?? (process.arch === 'arm64' ? 'arm64' : 'amd64');
  const started = performance.now();
  return {
    name,
    pin,
    arch,
    os: process.platform === 'darwin' ? 'darwin' : 'linux',
    module: moduleFolder(options.root, name),
    folder: join(options.state, 'tools', name, await versionFolder(options.root, name, pin, arch)),
    build: buildFolder(options.state),
    env: options.env,
    signal: options.signal,
    report(phase, detail, bytes) {
      const event = { tool: name, phase, detail, elapsedMs: Math.round(performance.now() - started) };
      options.onEvent?.(bytes === undefined ? event : { ...event, bytes });
    },
  };
}

/** The marker is written last: a folder without one is not complete. */
function markerOf(job: Job): string {
  return join(job.folder, 'complete');
}

async function installed(job: Job): Promise<InstalledTool | undefined> {
  const from = await readMark(markerOf(job));
  return from && describe(job, 'cache', from);
}

async function readMark(file: string): Promise<Source | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text?.trim() as Source | undefined;
}

async function mark(file: string, from: Source): Promise<void> {
  await writeFile(`${file}.part`, `${from}\n`);
  await rename(`${file}.part`, file);
}

async function make(job: Job): Promise<InstalledTool> {
  await mkdir(job.folder, { recursive: true });
  const binaries = join(job.folder, 'binaries');
  const from = (await readMark(binaries)) ?? (await obtain(job));
  await mark(binaries, from);
  await bringFiles(job);
  await removeStaging(job);
  await mark(markerOf(job), from);
  job.report('done', `${job.pin.version} from ${from}`);
  return describe(job, from, from);
}

async function obtain(job: Job): Promise<Source> {
  const reasons: string[] = [];
  for (const source of Object.keys(sources) as Source[]) {
    const outcome = await sources[source](job);
    if (outcome.delivered) return source;
    reasons.push(`${source}: ${outcome.reason}`);
    job.report(phases[source], `not from the ${source}: ${outcome.reason}`);
  }
  throw new ToolError(
    `${job.name} ${job.pin.version} could not be had from anywhere: ${reasons.join('; ')}`,
    `Install Go 1.26 or later (https://go.dev/dl), or set SLUICE_MIRROR to a folder or URL that holds ${mirrorName(job)}, then run the command again.`,
  );
}

function describe(job: Job, source: InstalledTool['source'], from: Source): InstalledTool {
  const tool: InstalledTool = {
    name: job.name,
    version: job.pin.version,
    bin: Object.fromEntries(job.pin.binaries.map((binary) => [binary, join(job.folder, 'bin', binary)])),
    files: job.pin.files ? join(job.folder, 'files') : undefined,
    source,
    from,
  };
  // A pin says so only where the release carries a web UI that the source does not.
  return job.pin.source.webUi === false ? { ...tool, webUi: from !== 'source' } : tool;
}
