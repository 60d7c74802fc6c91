/**
 * How a command ends, as its exit code.
 * `superseded` is a landing or wait overtaken by a newer one, `unknown` an outcome that could not be found out.
 */
export const exitCodes = { done: 0, failed: 1, usage: 2, blocked: 3, superseded: 4, unknown: 5, nothing: 6 } as const;

export type ExitName = keyof typeof exitCodes;

/** The exit code of several things done together: a failure says more than an outcome that is unknown, so where there is one, it alone decides. */
export function worstExit(codes: readonly number[]): number {
  return codes.includes(exitCodes.failed) ? exitCodes.failed : Math.max(exitCodes.done, ...codes);
}

export interface ErrorDetails {
  /** What to run or change next; one line each. */
  hint?: string | undefined;
  /** How the command ends; `failed` unless said otherwise. */
  exit?: ExitName | undefined;
  cause?: unknown;
}

/**
 * An expected failure that a person can act on: printed as message and hint, without a stack. What programs said goes into
 * messages, and these into records and JSON as well as onto a terminal, so none holds the password of an address.
 */
export class UserError extends Error {
  readonly hint: string | undefined;
  readonly exit: ExitName;

  constructor(message: string, details: ErrorDetails = {}) {
    super(withoutPasswords(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'UserError';
    this.hint = details.hint === undefined ? undefined : withoutPasswords(details.hint);
    this.exit = details.exit ?? 'failed';
  }
}

/** What went wrong, and below it what to run next. */
export function describeError({ message, hint }: UserError): string {
  return [message, ...(hint?.split('\n') ?? [])].join('\n  ');
}

/** A text with whatever stands before the host of its addresses left out. */
export function withoutPasswords(text: string): string {
  return text.replace(/:\/\/[^/\s@]+@/g, '://***@');
}

/**
 * The candidate nearest to what was typed, or undefined where none is near.
 * Near is an edit distance of at most a third of the length, at least one and at most three.
 */
export function nearest(typed: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.min(3, Math.max(1, Math.floor(typed.length / 3)));
  let best: { name: string; distance: number } | undefined;
  for (const name of candidates) {
    const distance = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** `unknown environment "stagin" (did you mean "staging"?); known: dev, staging, prod` as an error with exit 2. */
export function unknownName(kind: string, typed: string, known: readonly string[], where = ''): UserError {
  const near = nearest(typed, known);
  const place = where === '' ? '' : ` ${where}`;
  const guess = near === undefined ? '' : ` (did you mean "${near}"?)`;
  return new UserError(`unknown ${kind} "${typed}"${place}${guess}`, {
    hint: known.length === 0 ? `no ${kind} is configured` : `known: ${known.join(', ')}`,
    exit: 'usage',
  });
}

/** Letters that are missing, too many or others, and pairs of them the wrong way round: optimal string alignment. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const crossed = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = crossed ? (before[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, swap));
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
