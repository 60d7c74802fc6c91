import { randomUUID } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { gitHubApi, type GitHubAddress } from '../../core/github-address.ts';
import { UserError } from '../../core/errors.ts';
import { explain, readApiError, type ApiError, type Question } from './errors.ts';

export interface ClientSettings {
  address: GitHubAddress;
  /** The whole environment: GH_TOKEN or GITHUB_TOKEN, in the order of GitHub's own command line, and GITHUB_API_URL. */
  env: NodeJS.ProcessEnv;
  /** Takes a line for whoever waits. */
  say(line: string): void;
}

/** Asks GitHub's API as whoever the token belongs to. */
export interface Client {
  address: GitHubAddress;
  /** What every call for a repository names. */
  repo: { owner: string; repo: string };
  hasToken: boolean;
  /**
   * Runs a call, again where GitHub says to wait or gives no answer. What goes wrong becomes a UserError, unless
   * `settle` takes it for an answer.
   */
  ask<T>(
    question: Question,
    call: (octokit: Octokit) => Promise<T>,
    settle?: (error: ApiError) => T | undefined,
  ): Promise<T>;
}

/** Seconds that all waits for rate limits together may take; a primary limit can be an hour away. */
const patience = 300;

/** Milliseconds after which an answer counts as lost. */
const answerWithin = 30_000;

/** Statuses whose answers have no body; Response takes none for them. */
const bodiless = [204, 205, 304];

/** Gives the whole answer: Octokit takes a body that is cut off for an empty one, and a list without it for an empty list. */
async function ask(url: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(answerWithin) });
  const text = await answer.text();
  const status = url.endsWith('/graphql') && isLimit(text) ? 403 : answer.status;
  const whole = new Response(bodiless.includes(status) ? null : text, { status, headers: answer.headers });
  // Pages of a list are found by it.
  return Object.defineProperty(whole, 'url', { value: answer.url });
}

/** GraphQL answers 200 where its limit is used up, in one of two words; what waits for limits looks for 403. */
function isLimit(text: string): boolean {
  return /"type":\s*"RATE_LIMIT(ED)?"/.test(text);
}

/** The token that the environment has; GitHub's own command line reads them in the same order. */
function findToken(env: NodeJS.ProcessEnv): string | undefined {
  return [env['GH_TOKEN'], env['GITHUB_TOKEN']].find((each) => each !== undefined && each !== '');
}

/** Octokit is loaded with the first question: most commands never ask one. */
export function createClient({ address, env, say }: ClientSettings): Client {
  const token = findToken(env);
  const { owner, name: repo } = address;
  let loaded: Promise<Octokit> | undefined;
  let left = patience;

  function mayWait(seconds: number): boolean {
    if (seconds > left) return false;
    left -= seconds;
    say(`GitHub asks to wait ${seconds} s`);
    return true;
  }

  async function load(): Promise<Octokit> {
    const [{ Octokit }, { retry }, { throttling }] = await Promise.all([
      import('@octokit/rest'),
      import('@octokit/plugin-retry'),
      import('@octokit/plugin-throttling'),
    ]);
    const quiet = (): void => {};
    return new (Octokit.plugin(retry, throttling))({
      auth: token,
      baseUrl: env['GITHUB_API_URL'] ?? gitHubApi(address),
      userAgent: 'sluice',
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
      // Its own list, and 429: how long to wait then is the other plugin's business.
      retry: { doNotRetry: [400, 401, 403, 404, 410, 422, 429, 451] },
      // Its limits are shared by all that have the same id, and GitHub's are those of a token.
      throttle: { id: randomUUID(), onRateLimit: mayWait, onSecondaryRateLimit: mayWait },
      request: { fetch: ask },
    });
  }

  return {
    address,
    repo: { owner, repo },
    hasToken: token !== undefined,
    async ask(question, call, settle) {
      if (token === undefined) {
        throw new UserError(`there is no token to ${question.what} with`, {
          hint: `set GH_TOKEN to a token for ${address.host} with ${question.needs} on ${owner}/${repo}; \`gh auth token\` prints your own`,
        });
      }
      loaded ??= load();
      const octokit = await loaded;
      try {
        return await call(octokit);
      } catch (error) {
        const known = readApiError(error);
        if (known === undefined) throw error;
        const answer = settle?.(known);
        if (answer !== undefined) return answer;
        throw explain(known, question, token);
      }
    },
  };
}
