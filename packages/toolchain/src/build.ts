import { cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ToolError } from './errors.ts';
import { go, hasGo, scratchModule } from './go.ts';
import { fill, stagingFolder, type Job } from './job.ts';
import { run, type RunResult } from './run.ts';
import type { Outcome } from './types.ts';

/**
 * Builds a tool from its Go module, one binary after the other; binaries that a stopped run finished are kept, and Go's
 * own cache keeps the packages of the one that it did not finish.
 * @returns the reason if there is no Go
 * @throws ToolError if the build fails
 */
export async function fromSource(job: Job): Promise<Outcome> {
  if (!(await hasGo(job))) return { delivered: false, reason: 'there is no go command on PATH' };
  const staging = stagingFolder(job, 'source');
  await mkdir(staging, { recursive: true });
  const scratch = await scratchModule(job);
  try {
    await replaceStubs(job, scratch);
    for (const binary of job.pin.binaries) await buildOne(job, binary, scratch, staging);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  await rm(join(job.folder, 'bin'), { recursive: true, force: true });
  await rename(staging, join(job.folder, 'bin'));
  return { delivered: true };
}

async function buildOne(job: Job, binary: string, scratch: string, staging: string): Promise<void> {
  const done = join(staging, binary);
  if (await stat(done).catch(() => undefined)) return;
  const { packages, ldflags, tags } = job.pin.source;
  const stamp = ['-s', '-w', ...ldflags.map((flag) => fill(flag, job))].join(' ');
  const part = join(staging, `.${binary}.part`);
  const args = ['build', '-v', '-mod=readonly', '-trimpath', '-ldflags', stamp, '-tags', tags.join(','), '-o', part];
  const result = await go(job, binary, scratch, [...args, packages[binary] ?? '.']);
  if (result.code !== 0) throw failure(job, `go build of ${binary}`, result);
  await rename(part, done);
}

/**
 * Replaces folders of dependencies by the small ones in the tool's module: a copy of the dependency, taken from the
 * module cache with its sum verified, gets the small folder and takes the dependency's place.
 */
async function replaceStubs(job: Job, scratch: string): Promise<void> {
  for (const [index, stub] of job.pin.source.stubs.entries()) {
    const found = await go(job, `downloads ${stub.module}`, scratch, ['mod', 'download', '-json', stub.module]);
    if (found.code !== 0) throw failure(job, `go mod download ${stub.module}`, found);
    const { Dir } = JSON.parse(found.stdout) as { Dir: string };
    const copy = join(scratch, `stub-${index}`);
    await cp(Dir, copy, { recursive: true });
    // Files of the module cache are read-only.
    await run('chmod', ['-R', 'u+w', copy], { env: job.env });
    await rm(join(copy, stub.path), { recursive: true });
    await cp(join(scratch, stub.from), join(copy, stub.path), { recursive: true });
    const edited = await go(job, 'go.mod', scratch, ['mod', 'edit', `-replace=${stub.module}=./stub-${index}`]);
    if (edited.code !== 0) throw failure(job, `go mod edit -replace=${stub.module}`, edited);
  }
}

/** What went wrong in a go command, in its own last words. */
export function failure(job: Job, what: string, { stdout, stderr }: RunResult): ToolError {
  const errors = (stderr || stdout).split('\n').filter((line) => !/^(go: downloading |[\w.~/-]+$)/.test(line));
  return new ToolError(
    `${job.name} ${job.pin.version}: ${what} failed in ${job.module}: ${errors.slice(-8).join('\n')}`,
    `If the network failed, run the command again: what is built is kept. Else try it alone: cd ${job.module} && CGO_ENABLED=0 go build -o /tmp/${job.name} ${Object.values(job.pin.source.packages)[0]}`,
  );
}
