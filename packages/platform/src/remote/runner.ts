import { parseArgs } from 'node:util';
import { attempt } from '../run.ts';
import { resolveCommit } from './commits.ts';
import { endDelivery } from './delivery.ts';
import { withoutGitVariables } from './environment.ts';
import { execute, type Stopping } from './execute.ts';
import { remoteLayout, type RemoteLayout } from './layout.ts';
import { isPaused } from './pause.ts';
import { signal } from './process-group.ts';
import { cutOff, hasSucceeded, isFinished, lastRun, removeOldRuns } from './runs.ts';
import { takeTurn } from './turn.ts';

/**
 * The runner: a detached process that delivers the tip of main until nothing is left to deliver. Of many that are
 * started one has its turn; the others end at once. After giving its turn back it looks once more, so that a commit
 * pushed just before (whose own runner found the turn taken) is never left lying.
 *
 * `--repository <path>`; `--retry` also runs a tip again whose last run failed. SIGTERM ends the delivery and the runner.
 */
export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { repository: { type: 'string' }, retry: { type: 'boolean' } },
  });
  const layout = remoteLayout(values.repository ?? '');
  const env = withoutGitVariables(process.env);
  const stopping = listenForStop();
  let retry = values.retry === true;
  do {
    const turn = await takeTurn(layout.turns);
    if (!('release' in turn)) return;
    try {
      await settleCutRun(layout);
      for (
        let commit = await dueCommit(layout, env, retry);
        commit !== undefined;
        commit = await dueCommit(layout, env, false)
      ) {
        retry = false;
        await execute(layout, commit, env, stopping);
        if (stopping.requested) return;
      }
      await removeOldRuns(layout);
      await attempt('git', ['-C', layout.repository, '-c', 'gc.autoDetach=false', 'gc', '--auto', '--quiet'], { env });
    } finally {
      await turn.release();
    }
  } while (!stopping.requested && (await dueCommit(layout, env, false)) !== undefined);
}

/** The tip of main, unless it has been run or the platform is stopped. */
async function dueCommit(layout: RemoteLayout, env: NodeJS.ProcessEnv, retry: boolean): Promise<string | undefined> {
  if (isPaused(layout)) return undefined;
  const tip = await resolveCommit(layout.repository, 'refs/heads/main', env);
  const last = await lastRun(layout);
  const hasRun = last?.commit === tip && last !== undefined && (retry ? hasSucceeded(last) : isFinished(last));
  return hasRun ? undefined : tip;
}

/** A run without an end belongs to a runner that was killed: what it started is ended before anything new begins. */
async function settleCutRun(layout: RemoteLayout): Promise<void> {
  const last = await lastRun(layout);
  if (last === undefined || last.exit !== undefined) return;
  await endDelivery(last);
  await cutOff(layout, last, 'was cut off, because its runner was killed');
}

/** The runner leads its own process group: git and pnpm, when they are running, are told with it. */
function listenForStop(): Stopping {
  const stopping: Stopping = { requested: false, run: undefined };
  process.on('SIGTERM', () => {
    if (stopping.requested) return;
    stopping.requested = true;
    if (stopping.run?.delivery === undefined) signal(-process.pid, 'SIGTERM');
    else void endDelivery(stopping.run);
  });
  return stopping;
}

if (import.meta.main) await main(process.argv.slice(2));
