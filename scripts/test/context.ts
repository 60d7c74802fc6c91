import { Writable } from 'node:stream';
import type { Context } from '../src/context.ts';
import type { Workshop } from './workshop.ts';

/** A clock that stands still until somebody waits, and says so once it has come to its end. */
export interface TestClock {
  now: Date;
  /** Waiting beyond this fails, so that what would wait forever ends. */
  end?: Date;
}

export interface TestContext extends Context {
  /** What was written to standard output and standard error. */
  output(): { stdout: string; stderr: string };
  /** The same, as one text. */
  said(): string;
}

/** The context of a command that runs within the test, in a workshop, by the test's own clock. */
export function contextIn({ clone, env }: Workshop, clock: TestClock = { now: new Date() }): TestContext {
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr'): NodeJS.WriteStream =>
    new Writable({
      write(chunk: Buffer, _, done) {
        written[name] += chunk.toString();
        done();
      },
    }) as unknown as NodeJS.WriteStream;
  return {
    cwd: clone,
    env,
    clock: {
      now: () => clock.now,
      async wait(milliseconds) {
        clock.now = new Date(clock.now.getTime() + milliseconds);
        if (clock.end !== undefined && clock.now > clock.end) throw new Error('the test is over');
      },
    },
    stdin: { isTTY: false } as NodeJS.ReadStream,
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    interruption: () => new AbortController().signal,
    output: () => written,
    said: () => written.stdout + written.stderr,
  };
}
