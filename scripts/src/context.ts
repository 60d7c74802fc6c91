import { systemClock, type Clock } from './adapters/clock.ts';

/** Everything that varies between one run and another; commands take it and nothing else reaches for the process. */
export interface Context {
  cwd: string;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  /** Where a person answers. */
  stdin: NodeJS.ReadStream;
  /** Data. */
  stdout: NodeJS.WriteStream;
  /** Narration. */
  stderr: NodeJS.WriteStream;
}

export function processContext(): Context {
  const { env, stdin, stdout, stderr } = process;
  return { cwd: process.cwd(), env, clock: systemClock, stdin, stdout, stderr };
}
