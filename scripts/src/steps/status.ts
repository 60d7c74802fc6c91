import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { deliveryEnvironment } from '../core/graph.ts';
import { proposalsOf } from '../core/proposal.ts';
import { overview, type Cell, type LiveCell, type OverviewFacts, type Waiting } from '../core/overview.ts';
import { readWorkspace } from '../core/workspace.ts';
import { releaseHistory } from './find-release.ts';
import { createHealth, unasked } from './health.ts';
import { requireKnownApp } from './known-app.ts';
import { seeProposals, type SeenProposals } from './proposals.ts';
import { findHead, landedState, readObservations, readRecords } from './branches.ts';
import { openRepository, remoteRefs, reopenRepository, type Repository } from './repository.ts';
import { foldersBefore, inputsSnapshot } from './sources.ts';
import { waitingReleases } from './waiting.ts';

export interface StatusRequest {
  /** Only this one, with what the gates say to its releases that wait. */
  app?: string | undefined;
  remote?: string | undefined;
  /** Whether clusters are asked for health. */
  cluster: boolean;
}

/** Where every release is, what became of it and what waits. */
export interface Status {
  /** The revision of main that it was compared with. */
  main: string;
  remote: string;
  /** `asked`, or why health is unknown. */
  argocd: string;
  /** Why open proposals are unknown, where GitHub was asked in vain. */
  proposals?: string | undefined;
  cells: LiveCell[];
  /** Environments on main whose branch nobody has made yet. */
  withoutBranch: string[];
  /** Only where one app was asked for. */
  waiting?: Waiting[];
}

interface Known {
  repository: Repository;
  facts: Omit<OverviewFacts, 'now'>;
  landedAt: ReadonlyMap<string, string>;
  waiting: Waiting[] | undefined;
  proposals: SeenProposals;
  withoutBranch: string[];
  /** The refs that it was read from, and when, in milliseconds since 1970. */
  refs: string;
  at: number;
}

/** Milliseconds after which gates are asked again although nothing has moved: some open by the clock. */
const knownFor = 60_000;

/**
 * Opens the repository and gives a function that looks at it: the first look as it was opened, every other after a
 * fetch. While no ref has moved, a look costs that fetch and what clusters are asked. Throws UserError.
 */
export async function createStatus(context: Context, request: StatusRequest): Promise<() => Promise<Status>> {
  const { app } = request;
  let known: Known | undefined;
  let repository = await openRepository(context, { remote: request.remote });
  if (app !== undefined) await requireKnownApp(repository, app);
  const askArgo = createHealth(repository);

  return async () => {
    const { git, remote } = repository;
    if (known !== undefined) await git.fetch(remote.name);
    const refs = (await git.run(['for-each-ref', '--format=%(refname) %(objectname)', remoteRefs(remote)])).stdout;
    const now = context.clock.now();
    if (known === undefined || known.refs !== refs || now.getTime() - known.at >= knownFor) {
      repository = await reopenRepository(repository);
      known = { ...(await readKnown(context, repository, app)), refs, at: now.getTime() };
    }
    const { facts, landedAt, waiting, proposals, withoutBranch } = known;
    const cells = overview({ ...facts, now })
      .filter((each) => app === undefined || each.app === app)
      .map((each) => ({ ...each, waits: [...each.waits, ...proposalsOf(proposals.open, each)] }));
    const { argocd, live } = request.cluster ? await askArgo(cells) : { argocd: 'not asked', live: cells.map(unasked) };
    return {
      main: repository.main.revision,
      remote: remote.name,
      argocd,
      ...(proposals.trouble === undefined ? {} : { proposals: proposals.trouble }),
      cells: live.map((each) => ({ ...each, landedAt: landedAt.get(placeOf(each)) })),
      withoutBranch,
      ...(waiting === undefined ? {} : { waiting }),
    };
  };
}

async function readKnown(
  context: Context,
  repository: Repository,
  app: string | undefined,
): Promise<Omit<Known, 'refs' | 'at'>> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const states = new Map<string, BranchState>();
  const landings = new Map<string, ReadonlyMap<string, string>>();
  const landedAt = new Map<string, string>();
  const withoutBranch: string[] = [];
  for (const { name: environment } of config.environments) {
    if ((await findHead(git, environment, refs)) === undefined) {
      withoutBranch.push(environment);
      continue;
    }
    const { state, commits } = await landedState(git, environment, refs);
    states.set(environment, state);
    landings.set(environment, commits);
    for (const landed of state.releases.keys()) {
      const commit = commits.get(landed);
      if (commit === undefined) continue;
      landedAt.set(placeOf({ app: landed, environment }), (await git.committedAt(commit)).toISOString());
    }
  }
  const apps = [...new Set([...landings.values()].flatMap((each) => [...each.keys()]))];
  const running = states.get(deliveryEnvironment(config).name)?.releases.values() ?? [];
  const [inputs, before, past, records, observations] = await Promise.all([
    inputsSnapshot(git, main),
    foldersBefore(git, running),
    readPast(repository, states),
    readRecords(git, config, apps, refs),
    readObservations(git, config, apps, refs),
  ]);
  const workspace = readWorkspace(inputs);
  const facts = { config, main: inputs, workspace, before, states, records, observations, past, landings };
  const [waiting, proposals] = await Promise.all([
    app === undefined ? undefined : waitingReleases(context, repository, states, app),
    seeProposals(repository),
  ]);
  return { repository, facts, landedAt, waiting, proposals, withoutBranch };
}

/** The ids of the releases that environments with `auto` have had, by environment and app. */
async function readPast(
  { git, config }: Repository,
  states: ReadonlyMap<string, BranchState>,
): Promise<OverviewFacts['past']> {
  const found = new Map<string, string[]>();
  for (const { name: environment, auto } of config.environments) {
    const head = states.get(environment)?.head;
    if (!auto || head === undefined) continue;
    for (const app of Object.keys(config.apps)) {
      const history = await releaseHistory(git, head, app);
      found.set(
        placeOf({ app, environment }),
        history.map(({ release }) => release.release),
      );
    }
  }
  return (environment, app) => found.get(placeOf({ app, environment })) ?? [];
}

function placeOf({ app, environment }: Pick<Cell, 'app' | 'environment'>): string {
  return `${environment}/${app}`;
}
