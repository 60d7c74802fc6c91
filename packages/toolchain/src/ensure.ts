import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromSource } from './build.ts';
import { withBuildLock } from './caches.ts';
import { ToolError, reasonOf } from './errors.ts';
import { bringFiles, filesFolder } from './files.ts';
import { createJob, removeStaging, type Job } from './job.ts';
import { withLock } from './lock.ts';
import { fromMirror, mirrorName, mirrorOffer } from './mirror.ts';
import { fromRelease } from './release.ts';
import type { InstalledTool, Outcome, Source, ToolchainOptions } from './types.ts';

const sources: Record<Source, (job: Job) => Promise<Outcome>> = {
  mirror: fromMirror,
  release: fromRelease,
  source: (job) => withBuildLock(job, () => fromSource(job)),
};
const phases = { mirror: 'mirror', release: 'download', source: 'build' } as const;

/**
 * Finds one pinned tool, or makes it: from the cache, the mirror that SLUICE_MIRROR names, upstream's release, or its
 * source. A stopped call is continued by the next one; of two calls at once, also in two processes, one does the work.
 * A cached tool that was built from source is replaced by the mirror's build where the mirror has one with a pinned sum.
 * @returns the tool, with absolute paths
 * @throws ToolError if no source has it, if a sum differs, or if its build fails; the signal's reason after an abort
 */
export async function ensureTool(name: string, options: ToolchainOptions): Promise<InstalledTool> {
  const job = await createJob(name, options);
  try {
    const cached = await installed(job);
    if (cached && !isReplaceable(job, cached)) {
      job.report('cached', cached.version);
      return cached;
    }
    const onWait = (holder: number): void => job.report('build', `waits for process ${holder}, which prepares it`);
    const lock = join(options.state, 'tools', name, '.lock');
    return await withLock(lock, { signal: options.signal, onWait }, async () => {
      const made = await installed(job);
      if (!made) return await make(job);
      return isReplaceable(job, made) ? await replace(job, made) : made;
    });
  } catch (error) {
    job.report('failed', reasonOf(error));
    throw error;
  }
}

/**
 * Brings only the upstream files of a tool, as its pin lists them; neither waits for the tool nor needs it. ensureTool
 * brings the same folder, whichever of them comes first.
 * @returns the absolute folder, complete, or undefined if the pin names no files
 * @throws ToolError if a sum differs or no source has a file; the signal's reason after an abort
 */
export async function ensureFiles(name: string, options: ToolchainOptions): Promise<string | undefined> {
  const job = await createJob(name, options);
  try {
    return await bringFiles(job);
  } catch (error) {
    job.report('failed', reasonOf(error));
    throw error;
  }
}

/**
 * A tool that is there already, as ensureTool would give it; nothing is made for it.
 * @throws ToolError if no such tool is pinned
 */
export async function findTool(name: string, options: ToolchainOptions): Promise<InstalledTool | undefined> {
  return await installed(await createJob(name, options));
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

function isReplaceable(job: Job, tool: InstalledTool): boolean {
  return tool.from === 'source' && 'from' in mirrorOffer(job);
}

/**
 * Puts the mirror's build in the place of one from source. Each binary is renamed over the old one, which a process that
 * runs it keeps; stopped before the markers are written, the next call does it again.
 */
async function replace(job: Job, built: InstalledTool): Promise<InstalledTool> {
  const { delivered } = await fromMirror(job);
  if (!delivered) {
    job.report('cached', built.version);
    return built;
  }
  await mark(join(job.folder, 'binaries'), 'mirror');
  await mark(markerOf(job), 'mirror');
  job.report('done', `${job.pin.version} from mirror, in place of a build from source`);
  return describe(job, 'mirror', 'mirror');
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
    files: job.pin.files ? filesFolder(job) : undefined,
    source,
    from,
  };
  // A pin says so only where the release carries a web UI that the source does not.
  return job.pin.source.webUi === false ? { ...tool, webUi: from !== 'source' } : tool;
}
