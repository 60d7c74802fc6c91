import { connect } from 'node:net';
import { reasonOf } from './errors.ts';

const connectMs = 3000;
const headersMs = 20_000;

/** Hosts tried in this run, with the reason why a host cannot be reached, or undefined if it can. */
const hosts = new Map<string, Promise<string | undefined>>();

/**
 * Says whether a URL's host can be reached, within about 3 seconds. The answer is kept for the rest of the run, so that
 * a closed network costs this time only once for each host.
 * @returns undefined, or why not
 */
export function unreachable(url: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  // Behind an HTTP proxy the host itself need not answer.
  if (env['NODE_USE_ENV_PROXY'] === '1') return Promise.resolve(undefined);
  const { host, hostname, port, protocol } = new URL(url);
  const key = `${protocol}//${host}`;
  const known = hosts.get(key);
  if (known) return known;
  const answer = tryConnect(hostname, Number(port) || (protocol === 'http:' ? 80 : 443));
  hosts.set(key, answer);
  return answer;
}

function tryConnect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    // The socket's own timeout does not cover the look-up of the name.
    const timer = setTimeout(() => finish(`did not answer within ${connectMs / 1000} s`), connectMs);
    const finish = (reason: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(reason === undefined ? undefined : `${host} ${reason}`);
    };
    socket.on('connect', () => finish(undefined));
    socket.on('error', (error) => finish(`cannot be reached (${error.message})`));
  });
}

export interface Answer {
  response?: Response;
  /** Why there is no usable response. */
  reason: string;
  status?: number;
}

/**
 * Asks for a URL.
 * @returns the response, or the reason why there is none: the host is unreachable, or the status is not 200
 * @throws the signal's reason if it is aborted
 */
export async function request(url: string, env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<Answer> {
  const closed = await unreachable(url, env);
  if (closed) return { reason: closed };
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(new Error(`no answer within ${headersMs / 1000} s`)), headersMs);
  try {
    const response = await fetch(url, { signal: signal ? AbortSignal.any([signal, slow.signal]) : slow.signal });
    if (response.status === 200) return { response, reason: '', status: 200 };
    await response.body?.cancel();
    return { reason: `${url} answered ${response.status}`, status: response.status };
  } catch (error) {
    signal?.throwIfAborted();
    return { reason: `${url}: ${reasonOf(error)}` };
  } finally {
    clearTimeout(timer);
  }
}
