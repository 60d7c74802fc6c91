import { Writable } from 'node:stream';
import { systemClock } from '../src/adapters/clock.ts';
import { main } from '../src/cli.ts';
import type { Finished, Workshop } from './workshop.ts';

/** Runs the pipeline's command line in this process, whose time a test may have in its hands. */
export async function runHere({ clone, env }: Workshop, ...args: string[]): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written): NodeJS.WriteStream =>
    new Writable({
      write(chunk: Buffer, _, done) {
        written[name] += chunk.toString();
        done();
      },
    }) as NodeJS.WriteStream;
  const before = process.exitCode;
  const streams = { stdin: process.stdin, stdout: stream('stdout'), stderr: stream('stderr') };
  await main(args, {
    cwd: clone,
    env,
    clock: systemClock,
    interruption: () => new AbortController().signal,
    ...streams,
  });
  const code = Number(process.exitCode ?? 0);
  process.exitCode = before;
  return { code, ...written };
}
