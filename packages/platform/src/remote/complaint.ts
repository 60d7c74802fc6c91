import { UserError } from '@sluice/scripts/errors';

/**
 * An error as the lines that a pusher reads: message and hint, or a stack where it is a bug.
 * The same form as printError in @sluice/scripts/ui, which needs packages that a hook should not wait for.
 */
export function complaint(error: unknown): string {
  const isExpected = error instanceof UserError;
  const message = isExpected ? error.message : 'this is a bug in the tool, please report it with the lines below';
  const details = isExpected ? error.hint : error instanceof Error ? error.stack : String(error);
  return [`error: ${message}`, ...(details?.split('\n') ?? []).map((line) => `  ${line}`)].join('\n');
}
