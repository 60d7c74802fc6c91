import { Writable } from 'node:stream';
import { systemClock } from '../src/adapters/clock.ts';
import { runCommand } from '../src/cli.ts';

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the pipeline's command line in this process, in a folder and with an environment of its own: what it loads is
 * loaded once for all tests of a file, and its time may be in a test's hands.
 */
export async function runHere(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Finished> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written): NodeJS.WriteStream =>
    new Writable({
      write(chunk: Buffer, _, done) {
        written[name] += chunk.toString();
        done();
      },
    }) as NodeJS.WriteStream;
  const code = await runCommand(args, {
    cwd,
    env: { ...env },
    clock: systemClock,
    interruption: () => new AbortController().signal,
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
  });
  return { code, ...written };
}
