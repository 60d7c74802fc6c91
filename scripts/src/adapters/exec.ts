import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { $, type Options } from 'zx/core';
import { UserError } from '../core/errors.ts';

export interface ExecOptions {
  cwd?: string | undefined;
  env?: NodeJS.ProcessEnv | undefined;
  /** Written to its standard input. */
  input?: string | Buffer | undefined;
  /** Gives the failure of a program back instead of throwing it; one that is not there is thrown all the same. */
  nothrow?: boolean | undefined;
}

export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
  /** Its standard output as it came. */
  bytes: Buffer;
}

/** What every call of zx has: it neither prints nor throws, and puts nothing before the command. */
export const silently = { nothrow: true, quiet: true, verbose: false, prefix: '' } as const;

/** Has zx start a program as it is, without a shell in between: what an argument holds means nothing to anybody. */
export function directly(command: string, args: readonly string[]): Pick<Options, 'spawn' | 'quote'> {
  const start = (_line: string, _none: unknown, options: object): unknown =>
    spawn(command, args, { ...options, shell: false });
  // Without a quote function of its own zx starts nothing where there is no bash.
  return { spawn: start as Options['spawn'], quote: (text) => text };
}

/**
 * Runs a program with arguments, without a shell.
 * Throws UserError where it or the folder is not there, and with the last lines of its standard error when it ends with another code
 * than 0, unless `nothrow`.
 */
export async function exec(command: string, args: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
  const { cwd = process.cwd(), env = process.env, input, nothrow = false } = options;
  const broken = args.find((each) => each.includes('\0'));
  if (broken !== undefined) throw new UserError(`no program can be given ${JSON.stringify(broken)}`);
  if (!existsSync(cwd)) throw new UserError(`\`${nameOf(command, args)}\` cannot run in ${cwd}, which does not exist`);
  const running = $({
    cwd,
    env,
    ...silently,
    ...directly(command, args),
    ...(input === undefined ? {} : { input }),
  })`${[command, ...args]}`;
  // What zx keeps is decoded piece by piece, which breaks characters that two pieces share.
  const chunks: Buffer[] = [];
  running.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const output = await running;
  const bytes = Buffer.concat(chunks);
  const stdout = bytes.toString('utf8');
  const code = output.exitCode ?? 1;
  const missing = isMissing(output.cause);
  if (code !== 0 && (!nothrow || missing)) {
    const said = (output.stderr.trim() || stdout.trim()).split('\n').slice(-12).join('\n  ');
    const ended = missing ? 'could not be started' : `ended with ${code}`;
    throw new UserError(`\`${nameOf(command, args)}\` ${ended}${said === '' ? '' : `:\n  ${said}`}`, {
      hint: missing ? `install ${command}, or put it on PATH` : undefined,
      cause: output,
    });
  }
  return { code, stdout, stderr: output.stderr, bytes };
}

function nameOf(command: string, [first = '']: readonly string[]): string {
  return `${command.split('/').at(-1) ?? command} ${first}`.trim();
}

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}
