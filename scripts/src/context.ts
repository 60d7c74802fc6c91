import { systemClock, type Clock } from './adapters/clock.ts';

/** Everything that varies between one run and another; commands take it and nothing else reaches for the process. */
export interface Context {
  cwd: string;
  env: NodeJS.ProcessEnv;
  clock: Clock;
  /** Data. */
  stdout: NodeJS.WriteStream;
  /** Narration. */
  stderr: NodeJS.WriteStream;
}

export function processContext(): Context {
  return { cwd: process.cwd(), env: process.env, clock: systemClock, stdout: process.stdout, stderr: process.stderr };
}
