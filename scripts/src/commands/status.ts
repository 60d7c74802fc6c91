import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { createStatus, type Status, type StatusRequest } from '../steps/status.ts';
import { statusTable } from '../ui/status-table.ts';
import { createLive } from '../ui/live.ts';

export interface StatusOptions extends Omit<StatusRequest, 'app'> {
  json?: boolean | undefined;
  /** Again and again, until Ctrl-C or until nobody reads it any more. */
  watch?: boolean | undefined;
}

/** Milliseconds between two looks, and between two drawings, in which ages grow. */
const lookEvery = 3000;
const drawEvery = 1000;

/** Prints where every release is, what became of it and what waits. Gives the exit code. */
export async function status(context: Context, app: string | undefined, options: StatusOptions): Promise<number> {
  const { remote, cluster, json, watch } = options;
  const look = await createStatus(context, { app, remote, cluster });
  if (watch === true) return watchStatus(context, look, json === true);
  const found = await look();
  if (json === true) {
    context.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return exitCodes.done;
  }
  context.stdout.write(statusTable(found, context.clock.now()));
  for (const name of found.withoutBranch) {
    context.stderr.write(`${name} has no branch yet: locally pnpm start makes it, elsewhere pnpm run init\n`);
  }
  if (found.proposals !== undefined) context.stderr.write(`proposals are unknown: ${found.proposals}\n`);
  if (cluster && found.argocd !== 'asked') context.stderr.write(`health is unknown: ${found.argocd}\n`);
  return exitCodes.done;
}

/**
 * On a terminal one table that is drawn anew; elsewhere, whenever something has changed, another table or with `json`
 * another line. What cannot be looked at for a while is said, and looked at again.
 */
async function watchStatus(context: Context, look: () => Promise<Status>, json: boolean): Promise<number> {
  const { stdout, stderr, clock } = context;
  const live = stdout.isTTY === true && !json ? createLive(stdout) : undefined;
  const unread = new AbortController();
  stdout.once('error', () => unread.abort());
  const ended = AbortSignal.any([context.interruption(), unread.signal]);
  let shown = '';
  let trouble = '';
  let found = await look();
  let next = clock.now().getTime() + lookEvery;

  function show(): void {
    const table = (): string => statusTable(found, clock.now());
    if (live !== undefined) {
      live(`${table()}${trouble}`);
      return;
    }
    const now = JSON.stringify(found);
    if (now !== shown) stdout.write(json ? `${now}\n` : `${table()}\n`);
    shown = now;
  }

  while (!ended.aborted) {
    show();
    await clock.wait(live === undefined ? lookEvery : drawEvery, ended);
    if (ended.aborted || clock.now().getTime() < next) continue;
    try {
      found = await look();
      trouble = '';
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const said = `this is as it was: ${error.message}\n`;
      if (live === undefined && said !== trouble) stderr.write(said);
      trouble = said;
    }
    next = clock.now().getTime() + lookEvery;
  }
  live?.done();
  return exitCodes.done;
}
