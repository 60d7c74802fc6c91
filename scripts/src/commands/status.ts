import { connectCluster } from '../adapters/cluster.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { overview, type Cell, type LiveCell } from '../core/overview.ts';
import { readWorkspace } from '../core/workspace.ts';
import { requireKnownApp } from '../steps/known-app.ts';
import { releaseHistory } from '../steps/find-release.ts';
import { applicationName } from '../steps/look.ts';
import {
  inputsSnapshot,
  landedState,
  openRepository,
  readObservations,
  readRecords,
  remoteRefs,
  type Repository,
} from '../steps/repository.ts';
import { statusTable } from '../ui/status-table.ts';

export interface StatusOptions {
  remote?: string | undefined;
  json?: boolean | undefined;
}

/** Prints where every release is, what became of it and what waits. Gives the exit code. */
export async function status(context: Context, app: string | undefined, options: StatusOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  const { git, remote, config, main } = repository;
  if (app !== undefined) await requireKnownApp(repository, app);
  const refs = remoteRefs(remote);
  const states = new Map<string, BranchState>();
  const landings = new Map<string, ReadonlyMap<string, string>>();
  for (const { name } of config.environments) {
    const { state, commits } = await landedState(git, name, refs);
    states.set(name, state);
    landings.set(name, commits);
  }
  const apps = [...new Set([...landings.values()].flatMap((each) => [...each.keys()]))];
  const [inputs, records, observations] = await Promise.all([
    inputsSnapshot(git, main),
    readRecords(git, config, apps, refs),
    readObservations(git, config, apps, refs),
  ]);
  const past = await readPast(repository, states);
  const cells = overview({
    config,
    main: inputs,
    workspace: readWorkspace(inputs),
    states,
    records,
    observations,
    past: (environment, of) => past.get(environment)?.get(of) ?? [],
    landings,
    now: context.clock.now(),
  }).filter((each) => app === undefined || each.app === app);
  const { live, trouble } = await askArgo(repository, cells);
  if (options.json === true) {
    context.stdout.write(
      `${JSON.stringify({ main: main.revision, remote: remote.name, argocd: trouble ?? 'asked', cells: live }, null, 2)}\n`,
    );
    return exitCodes.done;
  }
  context.stdout.write(statusTable(live, context.clock.now()));
  if (trouble !== undefined) context.stderr.write(`health is unknown: ${trouble}\n`);
  return exitCodes.done;
}

/** The ids of the releases that environments with `auto` have had, by environment and app. */
async function readPast(
  { git, config }: Repository,
  states: ReadonlyMap<string, BranchState>,
): Promise<Map<string, Map<string, string[]>>> {
  const found = new Map<string, Map<string, string[]>>();
  for (const { name, auto } of config.environments) {
    const head = states.get(name)?.head;
    if (!auto || head === undefined) continue;
    const histories = await Promise.all(
      Object.keys(config.apps).map(async (app): Promise<[string, string[]]> => {
        const history = await releaseHistory(git, head, app);
        return [app, history.map(({ release }) => release.release)];
      }),
    );
    found.set(name, new Map(histories));
  }
  return found;
}

async function askArgo(
  { config, remote }: Repository,
  cells: readonly Cell[],
): Promise<{ live: LiveCell[]; trouble: string | undefined }> {
  try {
    const cluster = await connectCluster(config.argocd.cluster, config.argocd.namespace, remote.kubeconfig);
    const found = new Map((await cluster.applications()).map((each) => [each.metadata?.name, each.status]));
    const live = cells.map((cell) => {
      const seen = found.get(applicationName(cell.app, cell.environment));
      return { ...cell, health: seen?.health?.status, sync: seen?.sync?.status };
    });
    return { live, trouble: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { live: cells.map((cell) => ({ ...cell, health: undefined, sync: undefined })), trouble: error.message };
  }
}
