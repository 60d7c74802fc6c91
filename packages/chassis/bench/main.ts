import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { memoryOf, startServer, type Round } from './load.ts';

const root = resolve(import.meta.dirname, '../../..');
const results = resolve(root, 'RESULTS.md');
const question = 'What does the chassis cost a service, beside bare Fastify and bare node:http on the same route?';

/** Of bare Fastify's requests per second, what the chassis may take away. */
const overheadBudget = 0.15;
const readyBudgetMs = 400;

const kinds = { http: 'bare `node:http`', fastify: 'bare Fastify', chassis: 'the chassis, as a service runs it' };

/** Rounds of a second each, every server in turn, so that what else the machine does meets all of them; the first two warm up. */
async function throughput(rounds: number): Promise<Map<string, Round[]>> {
  const servers = await Promise.all(
    Object.keys(kinds).map(async (kind) => ({ kind, server: await startServer(kind) })),
  );
  const found = new Map<string, Round[]>();
  try {
    for (let round = -2; round < rounds; round++) {
      for (const { kind, server } of servers) {
        const one = await server.load(1);
        if (round >= 0) found.set(kind, [...(found.get(kind) ?? []), one]);
      }
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()));
  }
  return found;
}

/** How long the bundle of the catalog takes from nothing to ready, and its memory two seconds after. */
async function start(): Promise<{ ms: number; memory: number }> {
  const cwd = resolve(root, 'services/catalog');
  const env = { ...process.env, HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '0', SHUTDOWN_DRAIN_MS: '0' };
  const began = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', 'dist/main.mjs'], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) if (line.includes('"message":"ready"')) break;
  const ms = performance.now() - began;
  await delay(2_000);
  const memory = await memoryOf(child);
  child.kill();
  await once(child, 'exit');
  return { ms, memory };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

async function main(): Promise<void> {
  process.stderr.write(`service: ${question}\n`);
  execFileSync(process.execPath, ['../../packages/chassis/bundle.ts'], { cwd: resolve(root, 'services/catalog') });
  const rounds = await throughput(15);
  const all = (kind: string, figure: keyof Round): number[] => (rounds.get(kind) ?? []).map((each) => each[figure]);
  const most = (kind: string): number => Math.max(...all(kind, 'perSecond'));
  const least = (kind: string, figure: keyof Round): number => Math.min(...all(kind, figure));
  const overhead = 1 - most('chassis') / most('fastify');
  const starts: { ms: number; memory: number }[] = [];
  for (let run = 0; run < 10; run++) starts.push(await start());
  const ready = Math.min(...starts.map(({ ms }) => ms));
  const memory = median(starts.map((each) => each.memory));

  const rows = Object.entries(kinds).map(([kind, what]) => {
    const perSecond = `${Math.round(most(kind))} | ${Math.round(median(all(kind, 'perSecond')))}`;
    const cpu = `${least(kind, 'cpu').toFixed(1)} µs | ${median(all(kind, 'cpu')).toFixed(1)} µs`;
    return `| ${what} | ${perSecond} | ${least(kind, 'p99')} ms | ${cpu} | ${Math.round(median(all(kind, 'memory')))} MB |`;
  });
  const [cpu] = cpus();
  const section = [
    '## service',
    '',
    question,
    '',
    '| what | requests a second, best | median | p99, best | processor time a request, best | median | memory |',
    '|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `Requests a second below bare Fastify: ${(100 * overhead).toFixed(1)} %, of ${100 * overheadBudget} % allowed${overhead > overheadBudget ? ', missed' : ''}. 32 connections over loopback, 15 rounds in turn; the best count, since what else the machine does only takes away.`,
    '',
    `The catalog's bundle from start to ready: ${Math.round(ready)} ms at best, ${Math.round(median(starts.map(({ ms }) => ms)))} ms in the median of ten, of ${readyBudgetMs} ms allowed${ready > readyBudgetMs ? ', missed' : ''}; at rest it holds ${Math.round(memory)} MB.`,
    '',
    `${new Date().toISOString().slice(0, 10)}: ${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${Math.round(totalmem() / 1024 ** 3)} GiB, Linux ${release()}, Node.js ${process.version}.`,
    '',
  ].join('\n');
  process.stdout.write(`${section}\n`);
  const text = await readFile(results, 'utf8');
  const at = text.indexOf('## service\n');
  const next = at < 0 ? -1 : text.indexOf('\n## ', at);
  const before = at < 0 ? `${text.trimEnd()}\n\n` : text.slice(0, at);
  await writeFile(results, before + section + (next < 0 ? '' : text.slice(next)));
}

await main();
