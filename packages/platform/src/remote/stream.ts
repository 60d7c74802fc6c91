import { open, type FileHandle } from 'node:fs/promises';
import { exitCodes } from '@sluice/scripts/errors';
import { watchFolder, type Changes } from './changes.ts';
import { isContained, short } from './commits.ts';
import { withoutGitVariables } from './environment.ts';
import type { RemoteLayout } from './layout.ts';
import { isPaused } from './pause.ts';
import { isAlive } from '../linux/process.ts';
import { lastLine, readRun, runLog, runNumbers, type Run } from './runs.ts';
import { startRunner, type StartedRunner } from './start-runner.ts';
import { turnHolder } from './turn.ts';
import { createVoice, type Voice } from './voice.ts';

export interface StreamRequest {
  layout: RemoteLayout;
  /** Commit of main whose delivery is to be followed. */
  commit: string;
  env: NodeJS.ProcessEnv;
  write: (bytes: Uint8Array | string) => void;
  /** Have a failed run of this commit done again. */
  retry?: boolean;
  /** Ends the stream, not the pipeline. */
  signal?: AbortSignal | undefined;
}

interface Stream extends StreamRequest {
  voice: Voice;
  changes: Changes;
  /** The newest run when the stream began; earlier ones cannot hold the commit. */
  since: number;
}

/** How often the stream looks when nothing tells it to: a killed runner changes no file. */
const lookEvery = 500;

/**
 * Starts the pipeline and writes what it prints about a commit: first what the commit waits for, then the log of the run
 * that delivers it (which may be that of a later commit). Never silent for more than 2 s. The last line is the outcome
 * with its exit code, also when the runner is killed. Returns that exit code.
 */
export async function streamDelivery(request: StreamRequest): Promise<number> {
  const { layout } = request;
  const env = withoutGitVariables(request.env);
  const changes = watchFolder(layout.runs);
  const voice = createVoice(request.write);
  try {
    if (isPaused(layout)) return reportPaused(layout, voice, request.commit);
    const newest = (await runNumbers(layout)).at(-1) ?? 0;
    const stream: Stream = { ...request, env, voice, changes, since: request.retry === true ? newest + 1 : newest };
    for (;;) {
      const run = await waitForRun(stream);
      if (run === undefined) {
        return isPaused(layout) ? reportPaused(layout, voice, request.commit) : reportNoStart(stream);
      }
      if (run.commit !== request.commit) {
        voice.say(`sluice: ${short(request.commit)} is superseded by ${short(run.commit)}, whose delivery includes it`);
      }
      const ended = await followRun(stream, run);
      // A run that another runner has ended, because its own was killed, is done again by that one.
      if (ended.cut !== true || isPaused(layout)) return ended.exit ?? exitCodes.unknown;
      stream.since = run.number + 1;
    }
  } finally {
    changes.close();
  }
}

/** The run that delivers the commit, once it has begun; undefined when no runner stays alive to begin it. */
async function waitForRun(stream: Stream): Promise<Run | undefined> {
  const { layout, env, voice, changes } = stream;
  const args = stream.retry === true ? ['--retry'] : [];
  let runner: StartedRunner = await startRunner(layout, env, args);
  let tries = 1;
  let told: number | undefined;
  for (;;) {
    stream.signal?.throwIfAborted();
    const hadExited = runner.hasExited();
    const hadHolder = (await turnHolder(layout.turns)) !== undefined;
    const { found, newest } = await findRun(stream);
    if (found !== undefined) return found;
    if (newest !== undefined && newest.ended === undefined && isAlive(newest.runner)) {
      const { number, commit, started } = newest;
      const since = new Date(started).toTimeString().slice(0, 8);
      if (told !== number) {
        voice.say(
          `sluice: ${short(stream.commit)} waits for run ${number} (main at ${short(commit)}), running since ${since}`,
        );
      } else voice.beat(`waiting for run ${number} (main at ${short(commit)}), running for ${secondsSince(started)} s`);
      told = number;
    } else {
      voice.beat('waiting for the pipeline to start');
    }
    // Nobody was there before we looked for the run, so nobody will begin it: a killed runner is replaced, a broken one is not.
    if (hadExited && !hadHolder) {
      if (isPaused(layout) || tries++ === 3) return undefined;
      runner = await startRunner(layout, env, args);
    }
    await changes.next(Math.min(lookEvery, voice.untilBeat()));
  }
}

/** The first run that has the commit, and the newest of all. */
async function findRun(stream: Stream): Promise<{ found?: Run; newest?: Run }> {
  const { layout, commit, env, since } = stream;
  let newest: Run | undefined;
  for (const number of await runNumbers(layout)) {
    if (number < since - 1) continue;
    newest = (await readRun(layout, number)) ?? newest;
    if (newest?.number !== number || number < since || newest.cut === true) continue;
    if (await isContained(layout.repository, commit, newest.commit, env)) return { found: newest, newest };
  }
  return newest === undefined ? {} : { newest };
}

async function followRun(stream: Stream, begun: Run): Promise<Run> {
  const { layout, voice, changes } = stream;
  const log = await open(runLog(layout, begun.number));
  try {
    let position = 0;
    for (;;) {
      stream.signal?.throwIfAborted();
      const wasAlive = isAlive(begun.runner);
      const run = (await readRun(layout, begun.number)) ?? begun;
      position = await copyFrom(log, position, voice);
      if (run.exit !== undefined) return run;
      if (!wasAlive) return reportKilled(stream, run);
      voice.beat(`run ${run.number} goes on for ${secondsSince(run.started)} s`);
      await changes.next(Math.min(lookEvery, voice.untilBeat()));
    }
  } finally {
    await log.close();
  }
}

function reportPaused(layout: RemoteLayout, voice: Voice, commit: string): number {
  voice.say(
    `sluice: the platform of ${layout.state} is stopped; \`pnpm start\` starts it and delivers ${short(commit)}`,
  );
  voice.say(`sluice: ${short(commit)} waits for the platform to start (exit ${exitCodes.unknown})`);
  return exitCodes.unknown;
}

function reportNoStart({ layout, voice, commit }: Stream): number {
  voice.say(`error: the pipeline does not start; it says why in ${layout.runnerLog}`);
  voice.say(`  run \`pnpm start\` to have ${short(commit)} delivered`);
  voice.say(`sluice: ${short(commit)} was not delivered (exit ${exitCodes.failed})`);
  return exitCodes.failed;
}

/** Says that a run has no runner any more, and gives the run as it will be ended by the next runner. */
function reportKilled({ layout, voice }: Stream, run: Run): Run {
  const cut: Run = { ...run, exit: exitCodes.unknown, outcome: `run ${run.number} was cut off` };
  const runner = `the runner of run ${run.number} (process ${run.runner.pid})`;
  voice.say(`error: ${runner} was killed, so what became of the delivery is unknown`);
  voice.say(`  run \`pnpm start\` to have it delivered again; what it said is in ${runLog(layout, run.number)}`);
  voice.say(lastLine(cut));
  return cut;
}

async function copyFrom(log: FileHandle, from: number, voice: Voice): Promise<number> {
  const buffer = Buffer.allocUnsafe(64 * 1024);
  let position = from;
  for (;;) {
    const { bytesRead } = await log.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return position;
    voice.pass(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

function secondsSince(started: string): number {
  return Math.round((Date.now() - Date.parse(started)) / 1000);
}
