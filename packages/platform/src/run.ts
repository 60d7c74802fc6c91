import { spawn } from 'node:child_process';
import { UserError } from '@sluice/scripts/errors';

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Written to standard input. */
  input?: string;
  signal?: AbortSignal;
  /** What to try when it fails. */
  hint?: string;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command without a shell and gives its output and code; only a command that cannot be started is an error. */
export async function attempt(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    // A command that ends without reading its input is judged by its code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 128, stdout, stderr: signal === null ? stderr : `${stderr}ended by ${signal}\n` });
    });
  });
}

/** Runs a command and gives its standard output; a failure is a UserError with the last lines of what it said. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const line = [command, ...args].join(' ');
  const result = await attempt(command, args, options).catch((cause: unknown) => {
    options.signal?.throwIfAborted();
    throw new UserError(`cannot run ${line}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: options.hint,
      cause,
    });
  });
  if (result.code === 0) return result.stdout;
  const said = (result.stderr.trim() || result.stdout.trim()).split('\n').slice(-8).join('\n');
  throw new UserError(`${line} ended with ${result.code}`, {
    hint: [said, options.hint].filter((part) => part !== undefined && part !== '').join('\n'),
  });
}
