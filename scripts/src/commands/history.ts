import type { Context } from '../context.ts';
import { exitCodes } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { requireKnownApp } from '../steps/known-app.ts';
import { readObservations, readRecords } from '../steps/branches.ts';
import { openRepository, remoteRefs } from '../steps/repository.ts';
import { endOf, historyTable } from '../ui/history-table.ts';

export interface HistoryOptions {
  env?: string | undefined;
  remote?: string | undefined;
  json?: boolean | undefined;
}

/** Prints what became of every landing of an app, and when one was unhealthy later, newest first. Gives the exit code. */
export async function history(context: Context, app: string, options: HistoryOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  const { git, remote, config } = repository;
  await requireKnownApp(repository, app);
  if (options.env !== undefined) findEnvironment(config, options.env);
  const refs = remoteRefs(remote);
  const outcomes = await readRecords(git, config, [app], refs);
  // That something is healthy is the rule and only counts for a soak.
  const failures = (await readObservations(git, config, [app], refs)).filter(({ healthy }) => !healthy);
  const records = [...outcomes, ...failures]
    .filter((each) => options.env === undefined || each.environment === options.env)
    .toSorted((a, b) => Date.parse(endOf(b)) - Date.parse(endOf(a)));
  if (options.json === true) context.stdout.write(`${JSON.stringify(records, null, 2)}\n`);
  else context.stdout.write(records.length === 0 ? `${app} has no record yet\n` : historyTable(records));
  return exitCodes.done;
}
