import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { download } from './download.ts';
import { fill, stagingFolder, type Job } from './job.ts';
import { request } from './network.ts';
import type { Pin } from './pins.ts';
import { run } from './run.ts';
import type { Outcome } from './types.ts';

type Release = NonNullable<Pin['release']>;

/**
 * Takes a tool from upstream's release, with upstream's published sum or the pinned one. Binaries that a stopped run
 * already fetched are kept.
 * @returns the reason if there is no release or it cannot be fetched
 * @throws ToolError if a sum differs
 */
export async function fromRelease(job: Job): Promise<Outcome> {
  const { release } = job.pin;
  if (!release) return { delivered: false, reason: 'upstream publishes no binaries' };
  const staging = stagingFolder(job, 'release');
  await mkdir(staging, { recursive: true });
  try {
    const outcome = await (release.format === 'binary' ? binaries : archive)(job, release, staging);
    if (!outcome.delivered) return outcome;
  } catch (error) {
    if (!job.signal?.aborted) await rm(staging, { recursive: true, force: true });
    throw error;
  }
  await rm(join(job.folder, 'bin'), { recursive: true, force: true });
  await rename(staging, join(job.folder, 'bin'));
  return { delivered: true };
}

async function binaries(job: Job, release: Release, staging: string): Promise<Outcome> {
  for (const binary of job.pin.binaries) {
    const to = join(staging, binary);
    if (await stat(to).catch(() => undefined)) continue;
    const outcome = await fetchVerified(job, release, to, { binary });
    if (!outcome.delivered) return outcome;
  }
  return { delivered: true };
}

async function archive(job: Job, release: Release, staging: string): Promise<Outcome> {
  const file = join(job.folder, 'release.tar.gz');
  const outcome = await fetchVerified(job, release, file, {});
  if (!outcome.delivered) return outcome;
  const unpacked = join(job.folder, 'release');
  await mkdir(unpacked, { recursive: true });
  try {
    const members = job.pin.binaries.map((binary) => fill(release.inside ?? binary, job, { binary }));
    const args = ['-xzf', file, '-C', unpacked, ...members];
    const { code, stderr } = await run('tar', args, { env: job.env, signal: job.signal });
    if (code !== 0) return { delivered: false, reason: `${basename(file)}: ${stderr || 'there is no tar command'}` };
    for (const [index, binary] of job.pin.binaries.entries()) {
      await rename(join(unpacked, members[index] ?? binary), join(staging, binary));
    }
    return { delivered: true };
  } finally {
    await rm(unpacked, { recursive: true, force: true });
    await rm(file, { force: true });
  }
}

async function fetchVerified(job: Job, release: Release, to: string, more: Record<string, string>): Promise<Outcome> {
  const from = fill(release.url, job, more);
  job.report('download', from);
  const sum = release.sha256?.[job.arch] ?? (await publishedSum(job, release, from, more));
  if (typeof sum !== 'string') return { delivered: false, reason: sum.reason };
  return await download(job, { from, to, sha256: sum, phase: 'download' });
}

async function publishedSum(
  job: Job,
  release: Release,
  url: string,
  more: Record<string, string>,
): Promise<string | { reason: string }> {
  if (release.checksum === undefined) return { reason: `no sum is pinned for ${job.arch}` };
  const from = fill(release.checksum, job, more);
  const { response, reason } = await request(from, job.env, job.signal);
  if (!response) return { reason };
  const name = basename(decodeURIComponent(new URL(url).pathname));
  return sumOf(await response.text(), name) ?? { reason: `${from} holds no sum of ${name}` };
}

/** Finds a file's sum in a list as sha256sum writes it, or in a file with one bare sum. */
export function sumOf(text: string, name: string): string | undefined {
  const lines = text.trim().split('\n');
  const bare = /^[0-9a-f]{64}$/i.exec(text.trim());
  if (bare) return bare[0].toLowerCase();
  for (const line of lines) {
    const [, sum, file] = /^([0-9a-f]{64})\s+\*?(\S+)\s*$/i.exec(line) ?? [];
    if (sum && file && basename(file) === name) return sum.toLowerCase();
  }
  return undefined;
}
