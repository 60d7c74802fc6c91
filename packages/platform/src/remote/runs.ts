import { appendFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes } from '@sluice/scripts/errors';
import { readIfThere, readJson, writeAtomically } from '../files.ts';
import type { RemoteLayout } from './layout.ts';
import { numbersIn } from './numbers.ts';
import type { ProcessId } from '../linux/process.ts';

/** One run of the pipeline: the content of `runs/<number>.json`; what it printed is beside it in `<number>.log`. */
export interface Run {
  /** The build number: greater than that of every earlier run, also after a crash. */
  number: number;
  /** The commit of main that it delivers. */
  commit: string;
  /** ISO times. */
  started: string;
  ended?: string;
  runner: ProcessId;
  /** The process group of the delivery. */
  delivery?: ProcessId;
  /** Exit code of the delivery, one of exitCodes; `unknown` when it was cut off. */
  exit?: number;
  /** What came of it, in a few words; with the exit code the last line of the log. */
  outcome?: string;
  /** The run was ended from outside, so its commit counts as not run. */
  cut?: true;
}

const kept = 100;

/** The numbers of all runs that are kept, ascending. */
export async function runNumbers(layout: RemoteLayout): Promise<number[]> {
  return await numbersIn(layout.runs);
}

export async function readRun(layout: RemoteLayout, number: number): Promise<Run | undefined> {
  return await readJson<Run>(join(layout.runs, `${number}.json`));
}

/** The newest run, if there was one. */
export async function lastRun(layout: RemoteLayout): Promise<Run | undefined> {
  const number = (await runNumbers(layout)).at(-1);
  return number === undefined ? undefined : await readRun(layout, number);
}

export async function writeRun(layout: RemoteLayout, run: Run): Promise<void> {
  await writeAtomically(join(layout.runs, `${run.number}.json`), `${JSON.stringify(run, undefined, 2)}\n`);
}

export function runLog(layout: RemoteLayout, number: number): string {
  return join(layout.runs, `${number}.log`);
}

/** Counts up and gives the number of the next run. The counter is a file of its own, so that removing old runs lowers nothing. */
export async function nextRunNumber(layout: RemoteLayout): Promise<number> {
  await mkdir(layout.runs, { recursive: true });
  const counter = join(layout.folder, 'counter');
  const counted = Number.parseInt((await readIfThere(counter)) ?? '', 10) || 0;
  const next = Math.max(counted, (await runNumbers(layout)).at(-1) ?? 0) + 1;
  await writeAtomically(counter, `${next}\n`);
  return next;
}

/** Removes all but the newest hundred runs. */
export async function removeOldRuns(layout: RemoteLayout): Promise<void> {
  for (const number of (await runNumbers(layout)).slice(0, -kept)) {
    await rm(join(layout.runs, `${number}.json`), { force: true });
    await rm(runLog(layout, number), { force: true });
  }
}

/** True where this run has come to an end by itself. */
export function isFinished(run: Run): boolean {
  return run.exit !== undefined && run.cut !== true;
}

/** True where nothing of the run's commit is left to deliver: done, or nothing to do. */
export function hasSucceeded(run: Run): boolean {
  return isFinished(run) && (run.exit === exitCodes.done || run.exit === exitCodes.nothing);
}

/** The last line of a run's log. */
export function lastLine(run: Run): string {
  return `sluice: ${run.outcome ?? 'the outcome is unknown'} (exit ${run.exit ?? exitCodes.unknown})`;
}

/** Ends a run whose runner is gone; `why` follows on "run 7". */
export async function cutOff(layout: RemoteLayout, run: Run, why: string): Promise<void> {
  const ended: Run = {
    ...run,
    ended: new Date().toISOString(),
    exit: exitCodes.unknown,
    outcome: `run ${run.number} ${why}`,
    cut: true,
  };
  await appendFile(runLog(layout, run.number), `\n${lastLine(ended)}\n`);
  await writeRun(layout, ended);
}
