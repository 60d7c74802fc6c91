import { exitCodes, UserError } from '../core/errors.ts';

/**
 * Prints an error on `stream` the way every command does and gives the exit code that belongs to it:
 * a UserError as its message and hint, anything else as a bug with its stack.
 */
export function printError(error: unknown, stream: NodeJS.WritableStream): number {
  if (error instanceof UserError) {
    stream.write(`error: ${error.message}\n`);
    for (const line of error.hint?.split('\n') ?? []) stream.write(`  ${line}\n`);
    return exitCodes[error.exit];
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  stream.write(`error: this is a bug in the tool, please report it with the lines below\n${stack}\n`);
  return exitCodes.failed;
}
