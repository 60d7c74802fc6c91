import type { Lab } from './lab.ts';

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
): Promise<Map<string, number>> {
  const seen = new Map<string, number>();
  let left = total;
  async function worker(): Promise<void> {
    while (left-- > 0) {
      const { status, body } = await lab.get(host, path).catch(() => ({ status: 0, body: '' }));
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
