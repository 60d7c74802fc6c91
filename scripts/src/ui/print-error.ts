import { describeError, exitCodes, UserError, withoutPasswords } from '../core/errors.ts';

/**
 * Prints an error on `stream` the way every command does and gives the exit code that belongs to it:
 * a UserError as its message and hint, anything else as a bug with its stack. No token of `env` and no password of an
 * address is printed, wherever the text comes from.
 */
export function printError(error: unknown, stream: NodeJS.WritableStream, env: NodeJS.ProcessEnv = {}): number {
  const print = (text: string): boolean => stream.write(`${withoutSecrets(text, env)}\n`);
  if (error instanceof UserError) {
    print(`error: ${describeError(error)}`);
    return exitCodes[error.exit];
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  print(`error: this is a bug in the tool, please report it with the lines below\n${stack}`);
  return exitCodes.failed;
}

function withoutSecrets(text: string, { GH_TOKEN = '', GITHUB_TOKEN = '' }: NodeJS.ProcessEnv): string {
  let shown = withoutPasswords(text);
  for (const token of [GH_TOKEN, GITHUB_TOKEN]) if (token !== '') shown = shown.replaceAll(token, '***');
  return shown;
}
