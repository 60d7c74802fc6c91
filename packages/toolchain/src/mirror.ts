import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createZstdDecompress } from 'node:zlib';
import { download } from './download.ts';
import { reasonOf } from './errors.ts';
import { stagingFolder, type Job } from './job.ts';
import { run } from './run.ts';
import type { Outcome } from './types.ts';

/** The name under which a mirror holds a tool: one compressed binary, or an archive of several. */
export function mirrorName(job: Job): string {
  const end = job.pin.binaries.length === 1 ? 'zst' : 'tar.zst';
  return `${job.name}-${job.pin.version}-${job.os}-${job.arch}.${end}`;
}

/** Where a mirror's file is, or undefined if the environment names no mirror. */
export function mirrorFile(job: Job, name: string): string | undefined {
  const mirror = job.env['SLUICE_MIRROR'];
  if (!mirror) return undefined;
  return /^https?:/.test(mirror) ? `${mirror.replace(/\/+$/, '')}/${name}` : join(mirror, name);
}

/** Where the mirror holds the tool if it does, and the pinned sum; or why it is not even asked. */
export function mirrorOffer(job: Job): { from: string; sha256: string } | { reason: string } {
  const name = mirrorName(job);
  const from = mirrorFile(job, name);
  if (from === undefined) return { reason: 'SLUICE_MIRROR is not set' };
  const sha256 = job.os === 'linux' ? job.pin.mirror?.sha256[job.arch] : undefined;
  return sha256 === undefined ? { reason: `no sum of ${name} is pinned` } : { from, sha256 };
}

/**
 * Takes a tool from the mirror that SLUICE_MIRROR names. A mirror is not trusted: only files whose sum is pinned are used.
 * Says nothing of a file that the mirror does not have.
 * @returns the reason if the mirror does not have it
 * @throws ToolError if the file's sum differs from the pin
 */
export async function fromMirror(job: Job): Promise<Outcome> {
  const offer = mirrorOffer(job);
  if ('reason' in offer) return { delivered: false, reason: offer.reason };
  const staging = stagingFolder(job, 'mirror');
  await mkdir(staging, { recursive: true });
  try {
    const compressed = join(staging, mirrorName(job));
    const outcome = await download(job, { ...offer, to: compressed, phase: 'mirror' });
    if (!outcome.delivered) return outcome;
    return await unpack(job, compressed, staging);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

async function unpack(job: Job, compressed: string, staging: string): Promise<Outcome> {
  const [only = '', ...others] = job.pin.binaries;
  const plain = join(staging, others.length === 0 ? only : 'binaries.tar');
  try {
    await pipeline(createReadStream(compressed), createZstdDecompress(), createWriteStream(plain), {
      signal: job.signal,
    });
  } catch (error) {
    job.signal?.throwIfAborted();
    return { delivered: false, reason: `${compressed} cannot be decompressed: ${reasonOf(error)}` };
  }
  if (others.length > 0) {
    const args = ['-xf', plain, '-C', staging, ...job.pin.binaries];
    const { code, stderr } = await run('tar', args, { env: job.env, signal: job.signal });
    if (code !== 0) return { delivered: false, reason: `${compressed}: ${stderr || 'there is no tar command'}` };
  }
  const bin = join(job.folder, 'bin');
  await mkdir(bin, { recursive: true });
  for (const binary of job.pin.binaries) {
    await chmod(join(staging, binary), 0o755);
    await rename(join(staging, binary), join(bin, binary));
  }
  return { delivered: true };
}
