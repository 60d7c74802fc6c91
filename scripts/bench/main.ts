import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { unknownName } from '../src/core/errors.ts';
import { printError } from '../src/ui/print-error.ts';
import { affected } from './affected.ts';
import type { Benchmark, Row } from './measure.ts';
import { promoteMany } from './promote-many.ts';
import { promoteOne } from './promote-one.ts';
import { renderAll } from './render-all.ts';
import { validate } from './validate.ts';
import { writers } from './writers.ts';

const benchmarks: readonly Benchmark[] = [promoteOne, promoteMany, writers, renderAll, affected, validate];
const file = resolve(import.meta.dirname, '../../RESULTS.md');

/** Runs the benchmarks that are named, or all, and writes their sections of RESULTS.md. */
async function main(names: readonly string[]): Promise<void> {
  const known = benchmarks.map(({ name }) => name);
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) {
    process.exitCode = printError(unknownName('benchmark', strange, known), process.stderr);
    return;
  }
  const chosen = benchmarks.filter(({ name }) => names.length === 0 || names.includes(name));
  for (const { name, question, run } of chosen) {
    process.stderr.write(`${name}: ${question}\n`);
    const { rows, notes = [] } = await run();
    const section = describe(name, question, rows, notes);
    process.stdout.write(`${section}\n`);
    await put(name, section);
  }
}

function describe(name: string, question: string, rows: readonly Row[], notes: readonly string[]): string {
  const lines = rows.map(({ what, figure, budget }) => {
    const memory = figure.memory === undefined ? '' : `${Math.round(figure.memory)} MB`;
    const wanted = budget === undefined ? '' : `${format(budget)}${figure.median <= budget ? '' : ', missed'}`;
    return `| ${what} | ${format(figure.median)} | ${format(figure.p95)} | ${figure.runs} | ${memory} | ${wanted} |`;
  });
  return [
    `## ${name}`,
    '',
    question,
    '',
    '| what | median | p95 | runs | memory | budget |',
    '|---|---|---|---|---|---|',
    ...lines,
    '',
    ...notes.flatMap((note) => [`${note}.`, '']),
    machine(),
    '',
  ].join('\n');
}

function format(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function machine(): string {
  const [cpu] = cpus();
  const git = execFileSync('git', ['--version'], { encoding: 'utf8' }).trim();
  const day = new Date().toISOString().slice(0, 10);
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${day}: ${cpus().length} cores (${cpu?.model ?? 'unknown'}), ${memory} GiB, Linux ${release()}, Node.js ${process.version}, ${git}.`;
}

/** Puts a section in place of the earlier one, or at the end. */
async function put(name: string, section: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const start = text.indexOf(`## ${name}\n`);
  if (start < 0) return writeFile(file, `${text.trimEnd()}\n\n${section}`);
  const next = text.indexOf('\n## ', start);
  return writeFile(file, text.slice(0, start) + section + (next < 0 ? '' : text.slice(next)));
}

await main(process.argv.slice(2));
