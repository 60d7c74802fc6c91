import { closeSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { exitCodes, UserError } from '@sluice/scripts/errors';
import { short, subjectOf } from './commits.ts';
import { complaint } from './complaint.ts';
import { deliver, type DeliveryResult } from './delivery.ts';
import { pipelineEnvironment } from './environment.ts';
import type { RemoteLayout } from './layout.ts';
import { identify } from '../linux/process.ts';
import { lastLine, nextRunNumber, runLog, writeRun, type Run } from './runs.ts';
import { readSettings } from './settings.ts';
import { compileCacheOf, currentTool, installTool, nodeOf } from './tool.ts';
import { checkOut, ensureDependencies } from './work.ts';

/** Whether the runner was told to stop, and the run that is under way. */
export interface Stopping {
  requested: boolean;
  run: Run | undefined;
}

/**
 * Runs the pipeline for one commit of main: checks it out, refreshes the tool, delivers. Whatever happens, the run ends
 * with its last line in the log and its result in `runs/<n>.json`; only a failure to write these is thrown.
 */
export async function execute(
  layout: RemoteLayout,
  commit: string,
  env: NodeJS.ProcessEnv,
  stopping: Stopping,
): Promise<void> {
  const runner = identify(process.pid);
  if (runner === undefined) throw new Error(`process ${process.pid} is not listed`);
  const run: Run = { number: await nextRunNumber(layout), commit, started: new Date().toISOString(), runner };
  const log = openSync(runLog(layout, run.number), 'a');
  const say = (line: string): void => void writeSync(log, `${line}\n`);
  try {
    say(
      `sluice: run ${run.number} delivers main at ${short(commit)} (${await subjectOf(layout.repository, commit, env)})`,
    );
    await writeRun(layout, run);
    stopping.run = run;
    const result = await perform({ layout, run, env, log, say, stopping }).catch((error: unknown) =>
      failure(error, say),
    );
    run.ended = new Date().toISOString();
    if (stopping.requested)
      Object.assign(run, { exit: exitCodes.unknown, outcome: `run ${run.number} was stopped`, cut: true });
    else Object.assign(run, result);
    say(lastLine(run));
    await writeRun(layout, run);
  } finally {
    stopping.run = undefined;
    closeSync(log);
  }
}

interface Work {
  layout: RemoteLayout;
  run: Run;
  env: NodeJS.ProcessEnv;
  log: number;
  say: (line: string) => void;
  stopping: Stopping;
}

async function perform({ layout, run, env: given, log, say, stopping }: Work): Promise<DeliveryResult> {
  const settings = await readSettings(layout, given);
  const before = await currentTool(layout);
  const nodeFolder = (tool: string): string => dirname(nodeOf(tool));
  const env = pipelineEnvironment(given, layout, { ...settings, node: nodeFolder(before ?? process.execPath) });

  async function prepare(): Promise<void> {
    await checkOut(layout, run.commit, env);
    await ensureDependencies(layout, env, say);
  }
  const [refreshed, prepared] = await Promise.allSettled([
    installTool(layout, { repository: layout.repository, commit: run.commit, env, say }),
    prepare(),
  ]);
  if (prepared.status === 'rejected') throw prepared.reason;
  if (stopping.requested) return { exit: exitCodes.unknown, outcome: '' };
  if (refreshed.status === 'rejected') say(complaint(refreshed.reason));

  const tool = refreshed.status === 'fulfilled' ? refreshed.value : before;
  if (tool === undefined) throw new UserError('no tool is installed that could deliver', { hint: 'run: pnpm start' });
  return await deliver({
    tool,
    work: layout.work,
    number: run.number,
    env: {
      ...pipelineEnvironment(given, layout, { ...settings, node: nodeFolder(tool) }),
      NODE_COMPILE_CACHE: compileCacheOf(tool),
    },
    log,
    started: async (delivery) => {
      run.delivery = delivery;
      await writeRun(layout, run);
    },
  });
}

function failure(error: unknown, say: (line: string) => void): DeliveryResult {
  say(complaint(error));
  return { exit: exitCodes.failed, outcome: 'the delivery could not begin' };
}
