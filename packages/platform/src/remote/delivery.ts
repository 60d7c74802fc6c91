import { spawn } from 'node:child_process';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes } from '@sluice/scripts/errors';
import { identify, type ProcessId } from '../linux/process.ts';
import { endGroup, isGroupAlive, signal } from './process-group.ts';
import type { Run } from './runs.ts';
import { nodeOf } from './tool.ts';

export interface DeliveryRequest {
  /** Folder of the tool whose `deliver` runs. */
  tool: string;
  /** Checkout of main at the commit to deliver. */
  work: string;
  number: number;
  env: NodeJS.ProcessEnv;
  /** File descriptor of the run's log, open for appending. */
  log: number;
  started(delivery: ProcessId): Promise<void>;
}

export interface DeliveryResult {
  exit: number;
  outcome: string;
}

/** What an exit code says where the command did not say it better. */
const outcomes = new Map<number, string>([
  [exitCodes.done, 'delivered'],
  [exitCodes.failed, 'the delivery failed'],
  [exitCodes.usage, 'the delivery could not begin'],
  [exitCodes.blocked, 'blocked by a gate'],
  [exitCodes.superseded, 'superseded'],
  [exitCodes.unknown, 'the outcome is unknown'],
  [exitCodes.nothing, 'nothing to deliver'],
]);

/**
 * Runs `deliver` in a session of its own and gives its exit code and outcome. Both outputs go to the log as they come;
 * only the last line of standard output is held back: it is the outcome, and the runner prints it as the run's last line.
 */
export async function deliver(request: DeliveryRequest): Promise<DeliveryResult> {
  const args = [
    join(request.tool, 'scripts', 'bin.js'),
    'deliver',
    '--remote',
    'local',
    '--build-number',
    String(request.number),
  ];
  const { work: cwd, env, log } = request;
  const child = spawn(nodeOf(request.tool), args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', log] });
  const output = child.stdout;
  if (output === null) throw new Error('the delivery has no standard output');
  const lines = holdLast((line) => writeSync(log, `${line}\n`));
  output.setEncoding('utf8').on('data', lines.add);
  const closed = new Promise((resolve) => output.once('close', resolve));
  const ended = new Promise<{ code: number | null; by: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, by) => resolve({ code, by }));
  });
  const group = child.pid;
  const delivery = group === undefined ? undefined : identify(group);
  if (delivery !== undefined) await request.started(delivery);

  const { code, by } = await ended;
  // What the command left running would hold its output open, and the next run would find it in the way.
  if (group !== undefined && isGroupAlive(group)) signal(-group, 'SIGKILL');
  await Promise.race([closed, pause(1000, undefined, { ref: false })]);
  const last = lines.end();
  if (code === null) return { exit: exitCodes.failed, outcome: `the delivery was ended by ${by}` };
  return { exit: code, outcome: last ?? outcomes.get(code) ?? 'the delivery failed' };
}

/** Ends the delivery of a run with all its children, if any of them lives. */
export async function endDelivery(run: Run): Promise<void> {
  if (run.delivery === undefined) return;
  const now = identify(run.delivery.pid);
  const isAnother = now !== undefined && now.start !== run.delivery.start;
  if (!isAnother && isGroupAlive(run.delivery.pid)) await endGroup(run.delivery.pid);
}

interface Lines {
  add: (text: string) => void;
  /** The last line that was not empty. */
  end(): string | undefined;
}

function holdLast(write: (line: string) => void): Lines {
  let rest = '';
  let held: string | undefined;
  function take(line: string): void {
    if (line.trim() === '') return;
    if (held !== undefined) write(held);
    held = line.trimEnd();
  }
  return {
    add(text) {
      const parts = (rest + text).split('\n');
      rest = parts.pop() ?? '';
      for (const part of parts) take(part);
    },
    end() {
      take(rest);
      return held;
    },
  };
}
