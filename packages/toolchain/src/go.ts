import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from './caches.ts';
import type { Job } from './job.ts';
import { run, type RunResult } from './run.ts';

const beatMs = 1000;

/** The environment of every go command: the platform's own caches, and nothing of the caller's build settings. */
function goEnv(job: Pick<Job, 'arch' | 'os' | 'build' | 'env'>): NodeJS.ProcessEnv {
  return {
    ...job.env,
    CGO_ENABLED: '0',
    GOARCH: job.arch,
    GOOS: job.os,
    GOFLAGS: '-buildvcs=false',
    GOWORK: 'off',
    GOMODCACHE: join(job.build, 'mod'),
    GOCACHE: join(job.build, 'cache'),
    GOTMPDIR: temporaryFolder(job.build),
  };
}

/**
 * Runs go and reports what it does at least once a second.
 * @returns its result; the code is undefined if there is no Go
 * @throws the signal's reason after an abort
 */
export async function go(job: Job, what: string, cwd: string, args: string[]): Promise<RunResult> {
  let packages = 0;
  let current = '';
  const report = (): void =>
    job.report('build', current ? `${what}: ${current}${packages ? `, ${packages} packages` : ''}` : what);
  report();
  await mkdir(temporaryFolder(job.build), { recursive: true });
  const timer = setInterval(report, beatMs);
  try {
    return await run('go', args, {
      cwd,
      env: goEnv(job),
      signal: job.signal,
      onLine(line) {
        // `go build -v` names each package as it is compiled, and each module as it is downloaded.
        const downloaded = /^go: downloading (\S+)/.exec(line)?.[1];
        if (downloaded) current = `downloads ${downloaded}`;
        else if (/^[\w.~/-]+$/.test(line)) {
          packages++;
          current = line;
        }
      },
    });
  } finally {
    clearInterval(timer);
  }
}

/** Whether there is a go command; what it says if it is broken counts as one. */
export async function hasGo(job: Job): Promise<boolean> {
  const { code } = await run('go', ['version'], { env: job.env, signal: job.signal });
  return code !== undefined;
}

/** Copies the tool's Go module to a scratch folder of the given name, where what is done there may change it. */
export async function scratchModule(job: Job, name = job.name): Promise<string> {
  const scratch = join(job.build, 'work', name);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  await cp(job.module, scratch, { recursive: true });
  // The scratch folder is nobody's package: a go.mod above it must not be found if the copy is incomplete.
  await writeFile(join(scratch, '.gitignore'), '*\n');
  return scratch;
}
