import { createHash } from 'node:crypto';
import { chmod, cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from './build.ts';
import { withModuleLock } from './caches.ts';
import { download } from './download.ts';
import { ToolError } from './errors.ts';
import { go, hasGo, scratchModule } from './go.ts';
import { fill, stagingFolder, type Job } from './job.ts';
import { withLock } from './lock.ts';
import { mirrorFile } from './mirror.ts';

/**
 * Brings the upstream manifests that a pin names, each with its pinned sum: from the mirror
 * (`<tool>-<version>-files/<path>`), from upstream's site, or from the Go module. Needs neither the tool nor its lock; of
 * two calls at once, also in two processes, one does the work. The folder appears only with all of its files.
 * @returns the folder, or undefined if the pin names no files
 * @throws ToolError if a sum differs or no source has a file
 */
export async function bringFiles(job: Job): Promise<string | undefined> {
  if (!job.pin.files) return undefined;
  const folder = filesFolder(job);
  if (await isThere(folder)) return folder;
  const onWait = (holder: number): void =>
    job.report('download', `waits for process ${holder}, which brings the files`);
  await withLock(join(dirname(job.folder), '.files-lock'), { signal: job.signal, onWait }, async () => {
    if (!(await isThere(folder))) await gather(job, job.pin.files?.sha256 ?? {}, folder);
  });
  return folder;
}

/** Where the files of a tool are once they are complete. */
export function filesFolder(job: Job): string {
  return join(job.folder, 'files');
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => undefined)) !== undefined;
}

async function gather(job: Job, sums: Record<string, string>, folder: string): Promise<void> {
  const staging = stagingFolder(job, 'files');
  // What a killed run left may hold half a file.
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { recursive: true });
  const missing = new Map<string, string[]>();
  for (const [path, sha256] of Object.entries(sums)) {
    const reasons = await fetchFile(job, path, sha256, join(staging, path));
    if (reasons) missing.set(path, reasons);
  }
  if (missing.size > 0) await fromModule(job, missing, staging);
  await rename(staging, folder);
}

async function fetchFile(job: Job, path: string, sha256: string, to: string): Promise<string[] | undefined> {
  const mirrored = mirrorFile(job, `${job.name}-${job.pin.version}-files/${path}`);
  const published = fill(job.pin.files?.url ?? '', job, { path });
  const reasons: string[] = [];
  for (const from of mirrored === undefined ? [published] : [mirrored, published]) {
    const phase = from === mirrored ? 'mirror' : 'download';
    const outcome = await download(job, { from, to, sha256, phase });
    if (outcome.delivered) {
      await chmod(to, 0o644);
      return undefined;
    }
    reasons.push(outcome.reason);
  }
  return reasons;
}

async function fromModule(job: Job, missing: Map<string, string[]>, staging: string): Promise<void> {
  const module = job.pin.files?.module ?? '';
  const [[first, reasons] = ['', []]] = missing;
  job.report('download', `${missing.size} files from ${module}: ${reasons.at(-1)}`);
  if (!(await hasGo(job))) {
    throw new ToolError(
      `${job.name} ${job.pin.version}: ${first} could not be had: ${[...reasons, 'there is no go command on PATH'].join('; ')}`,
      'Install Go (https://go.dev/dl), or set SLUICE_MIRROR to a folder or URL that holds the file, then run it again.',
    );
  }
  await withModuleLock(job, async () => {
    // The tool itself may be building in its own scratch folder.
    const scratch = await scratchModule(job, `${job.name}-files`);
    try {
      const found = await go(job, `downloads ${module}`, scratch, ['mod', 'download', '-json', module]);
      if (found.code !== 0) throw failure(job, `go mod download ${module}`, found);
      const { Dir } = JSON.parse(found.stdout) as { Dir: string };
      for (const path of missing.keys()) await copyVerified(job, Dir, path, staging);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  });
}

async function copyVerified(job: Job, from: string, path: string, staging: string): Promise<void> {
  const expected = job.pin.files?.sha256[path];
  const content = await readFile(join(from, path)).catch((error: unknown) => {
    throw new ToolError(
      `${job.name} ${job.pin.version}: ${job.pin.files?.module} holds no ${path}`,
      'Correct the path in infrastructure/local/tools.yaml.',
      { cause: error },
    );
  });
  const sum = createHash('sha256').update(content).digest('hex');
  if (sum !== expected) {
    throw new ToolError(
      `${job.name} ${job.pin.version}: the sum of ${path} in ${job.pin.files?.module} is ${sum}, but ${expected} is expected`,
      'Correct the sum in infrastructure/local/tools.yaml if the version was changed on purpose.',
    );
  }
  await mkdir(dirname(join(staging, path)), { recursive: true });
  await cp(join(from, path), join(staging, path));
  await chmod(join(staging, path), 0o644);
}
