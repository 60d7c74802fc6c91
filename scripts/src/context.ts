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
  /** Aborted by Ctrl-C, which from this call on no longer ends the process by itself; a second one does. */
  interruption(): AbortSignal;
}

export function processContext(): Context {
  const { env, stdin, stdout, stderr } = process;
  return { cwd: process.cwd(), env, clock: systemClock, stdin, stdout, stderr, interruption };
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}
