import type { Answer } from './operation.ts';
import type { RateResource, State } from './state.ts';

/** Requests an hour of an app's installation. */
const limit = 5000;

export function rateOf(
  state: State,
  resource: RateResource,
): { limit: number; used: number; remaining: number; reset: number } {
  const used = state.used[resource];
  return { limit, used, remaining: Math.max(0, limit - used), reset: Math.floor(state.reset.getTime() / 1000) };
}

export function rateHeaders(state: State, resource: RateResource): Record<string, string> {
  const entries = Object.entries(rateOf(state, resource)).map(([name, value]) => [
    `x-ratelimit-${name}`,
    String(value),
  ]);
  return { ...Object.fromEntries(entries), 'x-ratelimit-resource': resource };
}

const documentation = 'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api';

/** The hour's calls are used up: 403, or for GraphQL an error in an answer with 200. */
export function primaryLimit(resource: RateResource, reset: Date): Answer {
  const message = 'API rate limit exceeded for installation ID 1.';
  const headers = {
    'x-ratelimit-used': String(limit),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': String(Math.ceil(reset.getTime() / 1000)),
  };
  if (resource === 'core') return { status: 403, body: { message, documentation_url: documentation }, headers };
  return { status: 200, body: { errors: [{ type: 'RATE_LIMIT', code: 'graphql_rate_limit', message }] }, headers };
}

/** Too much at once: 403 or 429, with or without word of when to come again. */
export function secondaryLimit(status: 403 | 429, retryAfter: number | undefined): Answer {
  const message =
    'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. ' +
    'If you reach out to GitHub Support for help, please include the request ID 1.';
  return {
    status,
    body: { message, documentation_url: `${documentation}#about-secondary-rate-limits` },
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
  };
}
