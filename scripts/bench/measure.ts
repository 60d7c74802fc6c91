import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What some runs took. */
export interface Figure {
  /** Milliseconds. */
  median: number;
  p95: number;
  runs: number;
  /** The largest resident memory of any of its processes, in MB; absent where it could not be measured. */
  memory?: number | undefined;
}

/** A line of the results. */
export interface Row {
  what: string;
  figure: Figure;
  /** The most that it may take, in milliseconds; absent for peers. */
  budget?: number | undefined;
}

/** A benchmark with its peers, run one after the other on the same machine. */
export interface Benchmark {
  /** As in `pnpm bench <name>`. */
  name: string;
  question: string;
  run(): Promise<{ rows: Row[]; notes?: string[] }>;
}

export interface Command {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

export function bash(script: string, cwd: string, env: NodeJS.ProcessEnv): Command {
  return { command: 'bash', args: ['-ec', script], cwd, env };
}

/** Runs a program to its end; gives milliseconds and memory. Throws what it said where it fails. */
export async function timed({ command, args, cwd, env }: Command): Promise<{ ms: number; memory: number | undefined }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-time-'));
  const file = join(folder, 'memory');
  const watched = existsSync('/usr/bin/time');
  const [program, ...rest] = watched ? ['/usr/bin/time', '-o', file, '-f', '%M', command, ...args] : [command, ...args];
  const began = performance.now();
  try {
    await new Promise<void>((resolve, reject) => {
      const child = spawn(program ?? '', rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.on('error', reject);
      child.on('close', (code) =>
        code === 0 ? resolve() : reject(new Error(`${command} ${args.join(' ')}: ${said}`)),
      );
    });
    const ms = performance.now() - began;
    const kilobytes = watched ? Number((await readFile(file, 'utf8')).trim().split('\n').at(-1)) : undefined;
    return { ms, memory: kilobytes === undefined ? undefined : kilobytes / 1024 };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Times a command that is made anew for each run; the first runs warm up and do not count. */
export async function measure(
  runs: number,
  next: (run: number) => Promise<Command> | Command,
  warmups = 1,
): Promise<Figure> {
  const found: { ms: number; memory: number | undefined }[] = [];
  for (let run = 0; run < warmups + runs; run++) {
    const each = await timed(await next(run));
    if (run >= warmups) found.push(each);
  }
  return figureOf(found);
}

export function figureOf(found: readonly { ms: number; memory?: number | undefined }[]): Figure {
  const sorted = found.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const memories = found.flatMap(({ memory }) => memory ?? []);
  return {
    median: at(0.5),
    p95: at(0.95),
    runs: found.length,
    ...(memories.length === 0 ? {} : { memory: Math.max(...memories) }),
  };
}
