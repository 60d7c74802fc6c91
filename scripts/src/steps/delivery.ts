import type { Context } from '../context.ts';
import { isStateFile, type BranchState } from '../core/branch-state.ts';
import { planDelivery } from '../core/delivery.ts';
import { dueApps, type DueApp } from '../core/due.ts';
import { UserError } from '../core/errors.ts';
import { blocking, describeVerdict } from '../core/gates/index.ts';
import { deliveryEnvironment } from '../core/graph.ts';
import { allowances, planOf, type Change, type Plan } from '../core/plan.ts';
import { recordsOf } from '../core/record.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { readWorkspace } from '../core/workspace.ts';
import type { BuildResult } from './build.ts';
import { createGitHubFacts } from './github-facts.ts';
import { judgeChange } from './judge.ts';
import { renderer, renderRelease } from './render.ts';
import { branchHead, readRecords, stateAt } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';
import { createSources, foldersBefore, inputsSnapshot } from './sources.ts';

/** An app that already runs in the first environment what a later revision of main brought. */
export interface Overtaken {
  app: string;
  tag: string;
  /** The later revision (40 hex digits). */
  revision: string;
}

/** What to deliver to the first environment, and on what. */
export interface Due {
  state: BranchState;
  due: DueApp[];
  /** What differs there because it is newer, so that delivering it would be a step back. */
  overtaken: Overtaken[];
}

/** What is due in the first environment at the revision that is delivered, and its state. */
export async function findDue(repository: Repository): Promise<Due> {
  const { git, remote, config, main } = repository;
  const environment = deliveryEnvironment(config).name;
  const head = await branchHead(git, environment, remoteRefs(remote));
  const stateWith = (manifests: ReadonlySet<string>): Promise<BranchState> =>
    stateAt(git, environment, head, undefined, (path) => {
      const [app = '', file] = path.split('/');
      return isStateFile(path) && (file !== 'manifests.yaml' || manifests.has(app));
    });
  const [state, inputs] = await Promise.all([stateWith(new Set()), inputsSnapshot(git, main)]);
  const before = await foldersBefore(git, state.releases.values());
  const differ = dueApps(config, inputs, readWorkspace(inputs), environment, state.releases, before);
  const overtaken = await findOvertaken(
    repository,
    differ.map(({ app }) => state.releases.get(app)),
  );
  const due = differ.filter(({ app }) => !overtaken.some((each) => each.app === app));
  // Manifests are many times what else a branch holds, and only what changes is compared with its own.
  return { state: due.length === 0 ? state : await stateWith(new Set(due.map(({ app }) => app))), due, overtaken };
}

/** Of running releases, those that are of a revision after the one that is delivered. */
async function findOvertaken(
  { git, remote, main }: Repository,
  running: readonly (ReleaseFile | undefined)[],
): Promise<Overtaken[]> {
  // The tip of main is what people want there, also where somebody has set main back.
  if ((await git.resolve(`${remoteRefs(remote)}/main`)) === main.revision) return [];
  const found = running.map(async (release) => {
    if (release === undefined) return [];
    const { app, tag, imageRevision, manifestRevision, overlayRevision } = release;
    const others = new Set([imageRevision, manifestRevision, overlayRevision]);
    others.delete(main.revision);
    const later = await Promise.all(
      [...others].map(async (each) => ((await git.isAncestor(main.revision, each)) ? [each] : [])),
    );
    return later
      .flat()
      .slice(0, 1)
      .map((revision) => ({ app, tag, revision }));
  });
  return (await Promise.all(found)).flat();
}

/** What would land of what is due, and why the rest of what has an image would not. */
export interface DeliveryPlan {
  plan: Plan | undefined;
  stops: Map<string, UserError>;
}

/**
 * The plan for the due apps that have an image, less those that a gate stops or that cannot be rendered.
 * `mayDelete` names the apps whose removals are meant.
 */
export async function planDeliveries(
  context: Context,
  repository: Repository,
  state: BranchState,
  due: readonly DueApp[],
  built: BuildResult,
  by: string,
  mayDelete: ReadonlySet<string>,
): Promise<DeliveryPlan> {
  const { git, remote, config, main } = repository;
  const environment = deliveryEnvironment(config);
  const records = await readRecords(git, config, Object.keys(config.apps), remoteRefs(remote));
  const sources = createSources(git);
  const github = createGitHubFacts(repository, environment.name);
  const changes: Change[] = [];
  const stops: DeliveryPlan['stops'] = new Map();
  for (const each of due) {
    const image = built.images.get(each.app);
    if (image === undefined) continue;
    const change = planDelivery(config, environment, main, each, image, state, renderer);
    const before = state.manifests.get(each.app);
    let manifests: string;
    try {
      manifests = await renderRelease(config, change.release, sources, before);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      stops.set(each.app, error);
      continue;
    }
    const verdicts = await judgeChange(
      { git, main, refs: remoteRefs(remote), github },
      {
        app: each.app,
        verb: 'delivery',
        environment,
        by,
        release: change.release,
        previous: change.previous,
        records: recordsOf(records, each.app),
        policy: state.policy,
        now: context.clock.now(),
        allowed: new Set(mayDelete.has(each.app) ? ['deletion' as const] : []),
        manifests: { before, after: manifests },
      },
    );
    const [stop] = blocking(verdicts);
    if (stop === undefined) changes.push({ ...change, manifests, verdicts });
    else stops.set(each.app, new UserError(describeVerdict(stop), { hint: stop.next, exit: 'blocked' }));
  }
  if (changes.length === 0) return { plan: undefined, stops };
  const allowed = allowances({ allowDeletion: changes.some(({ app }) => mayDelete.has(app)) });
  const basis = { verb: 'delivery', target: state, configuredBy: main.revision, by, allowed } as const;
  return { plan: planOf(basis, changes), stops };
}
