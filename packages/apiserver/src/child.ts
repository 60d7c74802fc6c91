import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** A program that ends when this process does, however that ends. */
export interface Child {
  /** Resolves with its last words when it has ended. */
  ended: Promise<string>;
  /** Ends it at once and waits until it is gone. */
  stop(): Promise<void>;
}

/** Holds the standard input open for as long as it is to run; a pipe closes even where this process is killed. */
const guard =
  'exec 3<&0; "$@" </dev/null 3<&- & child=$!; { cat <&3 >/dev/null; kill -9 $child; } 2>/dev/null & wait $child';

/** Starts a program whose output goes to the file `log`. */
export function startChild(command: string, args: readonly string[], log: string): Child {
  const file = openSync(log, 'a');
  const child = spawn('sh', ['-c', guard, 'sh', command, ...args], { stdio: ['pipe', file, file] });
  closeSync(file);
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(`${command}: ${error.message}`));
    child.on('exit', () => resolve(`${command} has ended: ${lastLines(log)}`));
  });
  // Whoever waits for its end is told so; a broken pipe says the same.
  child.stdin?.on('error', () => undefined);
  return {
    ended,
    async stop() {
      child.stdin?.end();
      await ended;
    },
  };
}

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
