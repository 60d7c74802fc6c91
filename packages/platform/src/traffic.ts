import { Agent, request } from 'node:http';

/** Milliseconds after which a host that did not answer is tried again. */
const pauseAfterSilence = 2000;

export interface TrafficOptions {
  /** `http://127.0.0.1:8080` */
  router: string;
  /** Requests a second in all. */
  perSecond: number;
  /** Host headers; those that answer take turns. */
  hosts: readonly string[];
  signal: AbortSignal;
}

/**
 * Sends requests through the router until aborted. A host for which the router has no route, or none at all when there
 * is no router, is left alone for 2 s; error answers of a service count as answers, since a canary is judged by them.
 */
export async function sendTraffic(options: TrafficOptions): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const silentUntil = new Map<string, number>();
  let turn = 0;

  function next(now: number): string | undefined {
    const open = options.hosts.filter((host) => (silentUntil.get(host) ?? 0) <= now);
    turn += 1;
    return open[turn % Math.max(open.length, 1)];
  }

  function send(host: string): void {
    const silence = (): void => void silentUntil.set(host, Date.now() + pauseAfterSilence);
    const sent = request(options.router, { agent, headers: { host }, timeout: 10_000 }, (response) => {
      response.resume();
      if (response.statusCode === 404) silence();
    });
    sent.on('timeout', () => sent.destroy());
    sent.on('error', silence);
    sent.end();
  }

  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const host = next(Date.now());
      if (host !== undefined) send(host);
    }, 1000 / options.perSecond);
    options.signal.addEventListener('abort', () => {
      clearInterval(timer);
      agent.destroy();
      resolve();
    });
  });
}

async function main([router, perSecond, ...hosts]: readonly string[]): Promise<void> {
  if (router === undefined || perSecond === undefined) {
    throw new Error('usage: traffic.ts <router> <requests a second> <host>...');
  }
  const controller = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => controller.abort());
  await sendTraffic({ router, perSecond: Number(perSecond), hosts, signal: controller.signal });
}

if (import.meta.main) await main(process.argv.slice(2));
