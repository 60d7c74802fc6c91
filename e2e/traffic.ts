import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { ask, type Lab } from './lab.ts';

/** Requests that the router sent to each of an app's Services, all of them and those answered 5xx. */
export type RouterCounts = Map<string, { all: number; failed: number }>;

/** Reads the router's own counters (`traefik_service_requests_total`) for the Services of one namespace. */
export async function routerCounts(lab: Lab, namespace: string): Promise<RouterCounts> {
  const pods = await lab.json<{ items: { status: { podIP?: string } }[] }>('-n', 'traefik', 'get', 'pods');
  const counts: RouterCounts = new Map();
  for (const { status } of pods.items) {
    if (status.podIP === undefined) continue;
    const text = await (await fetch(`http://${status.podIP}:9100/metrics`)).text();
    for (const line of text.split('\n')) {
      const [, labels = '', value] = /^traefik_service_requests_total\{(.*)\} (\S+)$/.exec(line) ?? [];
      const service = new RegExp(`service="${namespace}-([^"@]+)-http@`).exec(labels)?.[1];
      if (service === undefined) continue;
      const count = counts.get(service) ?? { all: 0, failed: 0 };
      count.all += Number(value);
      if (/code="5/.test(labels)) count.failed += Number(value);
      counts.set(service, count);
    }
  }
  return counts;
}

/** What came in between two readings. */
export function countsSince(before: RouterCounts, after: RouterCounts): RouterCounts {
  return new Map(
    [...after].map(([service, count]) => {
      const old = before.get(service) ?? { all: 0, failed: 0 };
      return [service, { all: count.all - old.all, failed: count.failed - old.failed }];
    }),
  );
}

/** Sends `total` requests to a host, some at a time; gives how often each version answered, failures under `failed`. */
export async function sendRequests(
  lab: Lab,
  host: string,
  total: number,
  path: '/version' | '/api/v1/hello',
  headers: Record<string, string> = {},
): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  let left = total;
  async function worker(): Promise<void> {
    while (left-- > 0) {
      const { status, body } = await lab.get(host, path, headers).catch(() => ({ status: 0, body: '' }));
      const version = status === 200 ? (JSON.parse(body) as { version: string }).version : 'failed';
      seen.set(version, (seen.get(version) ?? 0) + 1);
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker));
  return seen;
}

/** What was seen of requests that were sent without a pause until they were stopped. */
export interface Load {
  sent: number;
  /** Everything but an answer below 400, each with how often it came. */
  failures: Map<string, number>;
}

/** Asks an address again and again, `workers` at a time, each on a connection that it keeps; `stop` ends with what was seen. */
export function keepAsking(address: string, workers: number): { stop(): Promise<Load> } {
  const load: Load = { sent: 0, failures: new Map() };
  const stopping = new AbortController();
  async function ask(): Promise<void> {
    while (!stopping.signal.aborted) {
      load.sent++;
      const failure = await fetch(address, { signal: AbortSignal.timeout(10_000) }).then(
        async (answer) => {
          await answer.arrayBuffer();
          return answer.ok ? undefined : String(answer.status);
        },
        (error: unknown) => `${String(error)}: ${String(error instanceof Error ? error.cause : '')}`,
      );
      if (failure !== undefined) load.failures.set(failure, (load.failures.get(failure) ?? 0) + 1);
    }
  }
  const asking = Promise.all(Array.from({ length: workers }, ask));
  return {
    async stop() {
      stopping.abort();
      await asking;
      return load;
    },
  };
}

/** Who answered, and how often in a row: a version, or what went wrong. */
export interface Answers {
  from: string;
  times: number;
}

/** Milliseconds between two requests, each of which takes a port of the client for a minute; there are 28,000. */
const pace = 10;

/**
 * Asks an address who answers there, by `/version` or another path that says it, one request after the other and each on
 * a connection of its own, so that the order of the answers is the order in which versions answered. `stop` ends with
 * what was seen.
 */
export function followVersions(
  address: string,
  { path = '/version', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): { seen(): readonly Answers[]; stop(): Promise<readonly Answers[]> } {
  const seen: Answers[] = [];
  const stopping = new AbortController();
  const closing = new AbortController();
  async function follow(): Promise<void> {
    while (!stopping.signal.aborted) {
      const from = await versionAt(`http://${address}${path}`, headers, closing.signal);
      const last = seen.at(-1);
      if (last?.from === from) last.times++;
      else seen.push({ from, times: 1 });
      await delay(pace);
    }
  }
  const following = follow();
  onTestFinished(() => {
    stopping.abort();
    closing.abort();
  });
  return {
    seen: () => seen,
    async stop() {
      stopping.abort();
      await following;
      return seen;
    },
  };
}

async function versionAt(address: string, headers: Record<string, string>, signal: AbortSignal): Promise<string> {
  try {
    const { status, body } = await ask(address, { agent: false, headers, signal });
    return status === 200 ? (JSON.parse(body) as { version: string }).version : failure(status, body);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code ?? message;
  }
}

/** What a failure is counted as: the status, and the beginning of what was said with it, of which there is little variety. */
function failure(status: number, body: string): string {
  return `${status} ${body.trim().slice(0, 60)}`.trim();
}
