/** A failure that the user can act on: what failed, with the value and where, and what to run next. */
export class ToolError extends Error {
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ToolError';
    this.hint = hint;
  }
}

/** The text of anything thrown, with the cause that Node hides behind "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
