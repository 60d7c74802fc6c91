import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ToolError, reasonOf } from './errors.ts';
import type { Job } from './job.ts';
import { request } from './network.ts';
import type { Outcome, ToolEvent } from './types.ts';

const reportMs = 500;
const stalledMs = 30_000;

export interface Download {
  /** An http(s) URL, or the path of a file. */
  from: string;
  to: string;
  sha256: string;
  phase: ToolEvent['phase'];
}

/**
 * Fetches one file, reports its progress, and puts it in place only if its sum is right.
 * @returns why it could not be fetched, if so
 * @throws ToolError if the sum differs; nothing is left behind then
 */
export async function download(job: Job, { from, to, sha256, phase }: Download): Promise<Outcome> {
  const opened = await open(job, from);
  if ('reason' in opened) return { delivered: false, reason: opened.reason };
  job.report(phase, from);
  const part = `${to}.part`;
  await mkdir(dirname(to), { recursive: true });
  const stalled = new AbortController();
  const meter = meterOf(job, phase, basename(from), opened.total, stalled);
  try {
    const stop = job.signal ? AbortSignal.any([job.signal, stalled.signal]) : stalled.signal;
    await pipeline(opened.body, meter.stream, createWriteStream(part), { signal: stop });
  } catch (error) {
    await rm(part, { force: true });
    job.signal?.throwIfAborted();
    const reason = stalled.signal.aborted ? `no data for ${stalledMs / 1000} s` : reasonOf(error);
    return { delivered: false, reason: `${from}: ${reason}` };
  } finally {
    meter.stop();
  }
  const sum = meter.sum();
  if (sum !== sha256) {
    await rm(part, { force: true });
    throw new ToolError(
      `${job.name} ${job.pin.version}: the sum of ${from} is ${sum}, but ${sha256} is expected`,
      `Do not use that file. If upstream changed it for a known reason, correct the pin in infrastructure/local/tools.yaml; else remove it from the source and run the command again.`,
    );
  }
  await chmod(part, 0o755);
  await rename(part, to);
  return { delivered: true };
}

type Opened = { body: Readable; total: number | undefined } | { reason: string };

async function open(job: Job, from: string): Promise<Opened> {
  if (!/^https?:/.test(from)) {
    const body = createReadStream(from);
    return new Promise((resolve) => {
      body.on('open', () => resolve({ body, total: undefined }));
      body.on('error', (error) => resolve({ reason: error.message }));
    });
  }
  const { response, reason } = await request(from, job.env, job.signal);
  if (!response?.body) return { reason };
  const length = Number(response.headers.get('content-length'));
  return { body: Readable.fromWeb(response.body), total: length || undefined };
}

/** Passes data through, sums it up, and reports twice a second how much has come, also when nothing comes. */
function meterOf(
  job: Job,
  phase: ToolEvent['phase'],
  name: string,
  total: number | undefined,
  stalled: AbortController,
) {
  const hash = createHash('sha256');
  let bytes = 0;
  let last = Date.now();
  const timer = setInterval(() => {
    job.report(phase, total ? `${name}, ${Math.floor((100 * bytes) / total)} %` : name, bytes);
    if (Date.now() - last > stalledMs) stalled.abort();
  }, reportMs);
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      last = Date.now();
      done(undefined, chunk);
    },
  });
  return { stream, sum: () => hash.digest('hex'), stop: () => clearInterval(timer) };
}
