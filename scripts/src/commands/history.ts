import type { Context } from '../context.ts';
import { exitCodes } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { openRepository, readRecords, remoteRefs } from '../steps/repository.ts';
import { historyTable } from '../ui/history-table.ts';

export interface HistoryOptions {
  env?: string | undefined;
  remote?: string | undefined;
  json?: boolean | undefined;
}

/** Prints what became of every landing of an app, newest first. Gives the exit code. */
export async function history(context: Context, app: string, options: HistoryOptions): Promise<number> {
  const { git, remote, config } = await openRepository(context, { remote: options.remote });
  findApp(config, app);
  if (options.env !== undefined) findEnvironment(config, options.env);
  const all = await readRecords(git, config, [app], remoteRefs(remote));
  const records = all
    .filter((each) => options.env === undefined || each.environment === options.env)
    .toSorted((a, b) => b.at.localeCompare(a.at));
  if (options.json === true) context.stdout.write(`${JSON.stringify(records, null, 2)}\n`);
  else context.stdout.write(records.length === 0 ? `${app} has no record yet\n` : historyTable(records));
  return exitCodes.done;
}
