import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { exitCodes, UserError } from '@sluice/scripts/errors';
import { isContained, resolveCommit, short } from './commits.ts';
import { endDelivery } from './delivery.ts';
import { withoutGitVariables } from './environment.ts';
import type { RemoteHost } from './host.ts';
import { remoteLayout, type RemoteLayout } from './layout.ts';
import { pausePipeline, resumePipeline } from './pause.ts';
import { endProcess, isAlive } from '../linux/process.ts';
import { isGroupAlive, signal } from './process-group.ts';
import { headOf } from './repository.ts';
import { cutOff, hasSucceeded, lastRun } from './runs.ts';
import { streamDelivery } from './stream.ts';
import { turnHolder } from './turn.ts';

/** How long a runner gets to end its delivery before it is killed, in milliseconds. */
const stopGrace = 10_000;

/**
 * Delivers what the remote has, once the platform is up: pushes the checkout's HEAD as main where the remote has no main,
 * else has the tip of main delivered unless its last run was a success, and says when the checkout has something else.
 * Streams to the progress notes.
 * Returns the delivery's exit code, one of exitCodes.
 */
export async function deliverFirst(host: RemoteHost): Promise<number> {
  const layout = remoteLayout(host.paths.remote);
  const env = withoutGitVariables(host.env);
  await resumePipeline(layout);
  const tip = await resolveCommit(layout.repository, 'refs/heads/main', env);
  if (tip === undefined) return await pushFirst(host, layout, env);
  await noteUnpushed(host, layout, tip, env);
  const last = await lastRun(layout);
  if (last?.commit === tip && hasSucceeded(last)) return exitCodes.nothing;
  const lines = toLines(host.progress.note);
  const isUnderWay = last?.exit === undefined && isAlive(last?.runner);
  return await streamDelivery({
    layout,
    commit: tip,
    env,
    write: lines,
    retry: last?.commit === tip && !isUnderWay,
    signal: host.signal,
  });
}

/** A platform comes back as it was; commits since the last push, or another clone, are delivered by a push alone. */
async function noteUnpushed(
  host: RemoteHost,
  layout: RemoteLayout,
  tip: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const head = await headOf(host);
  if (await isContained(layout.repository, head, tip, env)) return;
  const isAhead = await isContained(host.root, tip, head, env);
  host.progress.note(
    isAhead
      ? `this checkout is at ${short(head)}, and the platform delivers ${short(tip)} of main; git push local main brings the rest`
      : `the platform delivers ${short(tip)} of main, which this checkout at ${short(head)} does not have; pnpm stop --purge, then pnpm start, begins anew with this checkout`,
  );
}

async function pushFirst(host: RemoteHost, layout: RemoteLayout, env: NodeJS.ProcessEnv): Promise<number> {
  const head = await headOf(host);
  const push = spawn('git', ['-C', host.root, 'push', '--quiet', layout.repository, 'HEAD:refs/heads/main'], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(host.signal === undefined ? {} : { signal: host.signal }),
  });
  const closed = once(push, 'close');
  const lines = createInterface({ input: push.stderr });
  // What receives the push outlives it and keeps its output open.
  closed.catch(() => {
    lines.close();
    push.stderr.destroy();
  });
  // Git fills the ends of a side band's lines with blanks.
  for await (const line of lines) host.progress.note(line.replace(/^remote: /, '').trimEnd());
  const [code] = (await closed.catch((error: unknown) => {
    host.signal?.throwIfAborted();
    throw error;
  })) as [number | null];
  if (code !== 0) throw new UserError(`the first push to ${layout.repository} failed`, { hint: 'run: pnpm start' });
  const last = await lastRun(layout);
  return last?.commit === head && last.exit !== undefined ? last.exit : exitCodes.unknown;
}

/**
 * Pauses the pipeline until the next deliverFirst and ends what runs, with its children: by the ids that it left in its
 * files, never by a name. Resolves when all of it is gone. Idempotent.
 */
export async function stopPipeline(host: Pick<RemoteHost, 'paths'>): Promise<void> {
  const layout = remoteLayout(host.paths.remote);
  if (!existsSync(layout.folder)) return;
  await pausePipeline(layout);
  const holder = await turnHolder(layout.turns);
  if (holder !== undefined) {
    await endProcess(holder, stopGrace);
    // The runner leads its group: git and pnpm go with it.
    if (isGroupAlive(holder.pid)) signal(-holder.pid, 'SIGKILL');
  }
  const last = await lastRun(layout);
  if (last === undefined) return;
  await endDelivery(last);
  if (last.exit === undefined) await cutOff(layout, last, 'was stopped');
}

function toLines(note: (line: string) => void): (bytes: Uint8Array | string) => void {
  const decoder = new TextDecoder();
  let rest = '';
  return (bytes) => {
    const lines = (rest + (typeof bytes === 'string' ? bytes : decoder.decode(bytes, { stream: true }))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) note(line);
  };
}
