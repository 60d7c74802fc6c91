import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import autocannon from 'autocannon';

/** What one server did under load for some seconds. */
export interface Round {
  perSecond: number;
  /** Milliseconds. */
  p99: number;
  /** Processor time of the server for one request, in microseconds. */
  cpu: number;
  /** Resident memory afterwards, in MB. */
  memory: number;
}

export interface Server {
  /** Asks it as often as it answers, over loopback. Throws where a request fails. */
  load(seconds: number): Promise<Round>;
  stop(): Promise<void>;
}

/** Starts a kind of server of `servers.ts` as a process of its own. */
export async function startServer(kind: string, env: NodeJS.ProcessEnv = {}): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'servers.ts'), [kind], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}/api/v1/things/1`;
  return {
    async load(seconds) {
      const before = await cpuOf(child);
      const { requests, duration, latency, non2xx, errors } = await autocannon({
        url,
        connections: 32,
        duration: seconds,
      });
      const cpu = (await cpuOf(child)) - before;
      if (non2xx + errors > 0) throw new Error(`${kind}: ${non2xx + errors} requests failed`);
      return {
        perSecond: requests.total / duration,
        p99: latency.p99,
        cpu: (cpu / requests.total) * 1e6,
        memory: await memoryOf(child),
      };
    },
    async stop() {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** Seconds of processor time so far: fields 14 and 15 of proc(5)'s stat, in ticks of a hundredth. */
async function cpuOf({ pid }: ChildProcess): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) / 100;
}

/** Resident memory of a process in MB: proc(5)'s status. */
export async function memoryOf({ pid }: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
