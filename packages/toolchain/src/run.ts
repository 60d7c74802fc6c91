import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunOptions {
  cwd?: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Called with each line of the standard error. */
  onLine?: (line: string) => void;
}

export interface RunResult {
  /** Undefined if there is no such command. */
  code: number | undefined;
  stdout: string;
  /** The last lines of the standard error. */
  stderr: string;
}

const keptLines = 30;
const graceMs = 5000;

/**
 * Runs a command without a shell and waits for it. An aborted signal interrupts the command, and kills it if that
 * does not help.
 * @returns its exit code and output; a code other than 0 is no error here
 * @throws the signal's reason once the command has ended after an abort
 */
export async function run(command: string, args: string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted();
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let kill: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    child.kill('SIGINT');
    kill = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  options.signal?.addEventListener('abort', interrupt, { once: true });
  const output: string[] = [];
  const lines: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => output.push(text));
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    options.onLine?.(line);
  });
  try {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.on('error', (error: NodeJS.ErrnoException) =>
        error.code === 'ENOENT' ? resolve(undefined) : reject(error),
      );
      child.on('close', (status) => resolve(status ?? -1));
    });
    options.signal?.throwIfAborted();
    return { code, stdout: output.join(''), stderr: lines.join('\n') };
  } finally {
    clearTimeout(kill);
    options.signal?.removeEventListener('abort', interrupt);
  }
}
