import { UserError } from '../../core/errors.ts';

/** What was asked of GitHub, for messages. */
export interface Question {
  /** As it follows "to": `read the proposals`. */
  what: string;
  /** The permission that it takes: `contents: write`. */
  needs: string;
}

/** An error of the API, whichever half of it answered. */
export interface ApiError {
  /** Of HTTP; 200 where GraphQL answered with errors, 500 where there was no answer at all. */
  status: number;
  /** Types of GraphQL's errors, such as STALE_DATA. */
  types: string[];
  messages: string[];
  headers: Record<string, string | undefined>;
  cause: unknown;
}

interface Raw {
  status?: number;
  message: string;
  errors?: { type?: string; message?: string }[];
  headers?: ApiError['headers'];
  response?: { headers?: ApiError['headers']; data?: { errors?: (string | { message?: string })[] } };
}

/** Reads what Octokit throws for an answer of the API, or for none; undefined where it is something else. */
export function readApiError(error: unknown): ApiError | undefined {
  if (!(error instanceof Error) || !/^(HttpError|GraphqlResponseError)$/.test(error.name)) return undefined;
  const raw = error as Raw;
  const details = (raw.response?.data?.errors ?? []).map((each) => (typeof each === 'string' ? each : each.message));
  const graphql = raw.errors ?? [];
  return {
    status: raw.status ?? 200,
    types: graphql.flatMap(({ type }) => type ?? []),
    messages: graphql.length > 0 ? graphql.flatMap(({ message }) => message ?? []) : merged(raw.message, details),
    headers: raw.response?.headers ?? raw.headers ?? {},
    cause: error,
  };
}

/** Whether GitHub may have done what was asked, without saying so. */
export function isLost(error: unknown): boolean {
  const known = error instanceof UserError ? readApiError(error.cause) : undefined;
  return known !== undefined && known.status >= 500;
}

/** An error of the API as one that says what to do; the token is never part of it. */
export function explain(error: ApiError, { what, needs }: Question, token: string): UserError {
  const said = error.messages.join('; ').replaceAll(token, '***');
  const { status, headers, cause } = error;
  const limited = isLimit(error);
  if (limited) {
    const reset = Number(headers['x-ratelimit-reset']);
    const when = Number.isNaN(reset) ? 'in a while' : `after ${new Date(reset * 1000).toISOString()}`;
    return new UserError(`GitHub limits how often it may be asked: could not ${what}`, {
      hint: `try again ${when}; what was done already is found again`,
      cause,
    });
  }
  if (status === 401) {
    return new UserError(`GitHub does not accept the token, so it was not possible to ${what}: ${said}`, {
      hint: 'it has expired or is mistyped: set GH_TOKEN to a new one; in the pipeline, run the job again',
      cause,
    });
  }
  if (status === 403 || error.types.includes('FORBIDDEN')) {
    const missing = headers['x-accepted-github-permissions']?.replaceAll('=', ': ') ?? needs;
    return new UserError(`GitHub refused to ${what}: ${said}`, {
      hint: `the token lacks the permission ${missing}`,
      cause,
    });
  }
  if (status === 404 || error.types.includes('NOT_FOUND')) {
    return new UserError(`GitHub found nothing to ${what}: ${said}`, {
      hint: `it may be there and the token may not see it: it takes ${needs}`,
      cause,
    });
  }
  const hint = status >= 500 ? 'try again; what was done already is found again' : undefined;
  return new UserError(`GitHub could not ${what}: ${said}`, { hint, cause });
}

function isLimit({ status, headers, messages, types }: ApiError): boolean {
  return (
    status === 429 ||
    types.includes('RATE_LIMITED') ||
    (status === 403 && (headers['x-ratelimit-remaining'] === '0' || /secondary rate/i.test(messages.join())))
  );
}

/** Octokit's message with the details that it does not hold yet, without the address of the documentation. */
function merged(message: string, details: readonly (string | undefined)[]): string[] {
  const short = message.replace(/ - https:\/\/docs\.github\.com\S*/, '');
  return [short, ...details.filter((each) => each !== undefined && !short.includes(each))] as string[];
}
