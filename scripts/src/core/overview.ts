import { staysAway } from './auto.ts';
import { isAppFolder, type BranchState } from './branch-state.ts';
import type { Config, Environment } from './config.ts';
import { dueApps, type DueApp } from './due.ts';
import type { Verdict } from './gates/index.ts';
import { deliveryEnvironment, isInPlace } from './graph.ts';
import { overlayHash } from './inputs.ts';
import { describeStop, freezesOn, holdsOn, noPolicy, quarantinesOn, type Policy } from './policy.ts';
import { lastWord, recordsOf, type DeliveryRecord } from './record.ts';
import type { ReleaseFile } from './release-file.ts';
import type { Snapshot } from './snapshot.ts';
import type { Observation } from './soak/observation.ts';
import { starving } from './soak/starving.ts';
import type { WorkspacePackage } from './workspace.ts';

/** What one environment runs of one app, what became of it, and what waits to come there. */
export interface Cell {
  app: string;
  environment: string;
  release: ReleaseFile | undefined;
  record: DeliveryRecord | undefined;
  waits: string[];
  /** What keeps changes away: holds, freezes, and releases in quarantine. */
  stops: string[];
}

/** A cell with what Argo CD reports of it, where it could be asked. */
export interface LiveCell extends Cell {
  /** When what runs there landed, ISO 8601. */
  landedAt: string | undefined;
  health: string | undefined;
  sync: string | undefined;
  /** The page of its Argo CD application, where Argo CD knows its own address. */
  link: string | undefined;
}

/** What the gates say to a release that waits to come to an environment, or why that cannot be said. */
export interface Waiting {
  environment: string;
  from: string;
  release: string;
  tag: string;
  verdicts: Verdict[];
  problem?: string;
}

export interface OverviewFacts {
  config: Config;
  main: Snapshot;
  workspace: ReadonlyMap<string, WorkspacePackage>;
  /** The folders in apps/ at the revisions that the manifests of what the first environment runs are of. */
  before: ReadonlyMap<string, Pick<Snapshot, 'folders'>>;
  states: ReadonlyMap<string, BranchState>;
  records: readonly DeliveryRecord[];
  observations: readonly Observation[];
  /** The ids of the releases that an environment with `auto` has had of an app. */
  past(environment: string, app: string): readonly string[];
  /** The commit that each environment's apps landed with. */
  landings: ReadonlyMap<string, ReadonlyMap<string, string>>;
  now: Date;
}

/** Every app in every environment, apps first, both in the order of the configuration; then what it no longer has and is still there. */
export function overview(facts: OverviewFacts): Cell[] {
  const { config, main, workspace, states, before } = facts;
  const first = deliveryEnvironment(config).name;
  const running = states.get(first)?.releases ?? new Map();
  const due = new Map(dueApps(config, main, workspace, first, running, before).map((each) => [each.app, each]));
  const configured = Object.keys(config.apps).flatMap((app) =>
    config.environments.map((environment) => {
      const { release, record, unfinished } = whatIsThere(facts, app, environment.name);
      const candidates = environment.after.map((parent) => states.get(parent)?.releases.get(app));
      const waits = environment.delivery
        ? waitingForDelivery(due.get(app))
        : [
            ...candidates.flatMap((candidate) => waitingRelease(facts, environment, release, candidate)),
            ...(release === undefined ? [] : waitingOverlay(facts, environment, release)),
          ];
      const policy = states.get(environment.name)?.policy ?? noPolicy;
      const stops = standing(policy, app, [release, ...candidates], facts.now);
      return { app, environment: environment.name, release, record, waits: [...unfinished, ...waits], stops };
    }),
  );
  return [...configured, ...leftovers(facts)];
}

/** What an environment has of an app, or has not yet got rid of after its retirement. */
function whatIsThere(
  { states, landings, records }: OverviewFacts,
  app: string,
  environment: string,
): Pick<Cell, 'release' | 'record'> & { unfinished: string[] } {
  const release = states.get(environment)?.releases.get(app);
  const landing = landings.get(environment)?.get(app);
  const record = lastWord(records, app, environment, landing);
  const left = landing !== undefined && release === undefined && record?.outcome.state !== 'retired';
  return {
    release,
    record,
    unfinished: left ? ['retired, its objects are still to be removed: pnpm run reconcile'] : [],
  };
}

/** Apps that the configuration no longer has, where they are still there. */
function leftovers(facts: OverviewFacts): Cell[] {
  const { config, states, landings } = facts;
  const names = new Set([...landings.values()].flatMap((each) => [...each.keys()]).filter(isAppFolder));
  return [...names]
    .filter((app) => !Object.hasOwn(config.apps, app))
    .toSorted()
    .flatMap((app) => {
      const cells = config.environments.map(({ name }): Cell => {
        const { release, record, unfinished } = whatIsThere(facts, app, name);
        const waits = release === undefined ? unfinished : [`no longer configured: pnpm run retire ${app}`];
        const stops = standing(states.get(name)?.policy ?? noPolicy, app, [release], facts.now);
        return { app, environment: name, release, record, waits, stops };
      });
      return cells.some(({ release, waits }) => release !== undefined || waits.length > 0) ? cells : [];
    });
}

function standing(policy: Policy, app: string, releases: readonly (ReleaseFile | undefined)[], now: Date): string[] {
  return [
    ...holdsOn(policy, app, now).map((each) => `held ${describeStop(each)}`),
    ...freezesOn(policy, app, now).map((each) => `frozen ${describeStop(each)}`),
    ...quarantinesOn(policy, app, releases, now).map(
      (each) => `${each.release ?? each.digest} in quarantine ${describeStop(each)}`,
    ),
  ];
}

function waitingForDelivery(due: DueApp | undefined): string[] {
  return due === undefined ? [] : [`${due.because.join(', ')} on main, not delivered`];
}

function waitingRelease(
  { records, observations, past }: OverviewFacts,
  environment: Environment,
  running: ReleaseFile | undefined,
  candidate: ReleaseFile | undefined,
): string[] {
  if (candidate === undefined || candidate.release === running?.release) return [];
  const parts = [
    candidate.digest === running?.digest ? [] : ['image'],
    candidate.inputs.manifests === running?.inputs.manifests ? [] : ['base'],
  ];
  const { app, release } = candidate;
  const history = { records: recordsOf(records, app), observations: observations.filter((each) => each.app === app) };
  return [
    `${candidate.tag} from ${candidate.environment} (${running === undefined ? 'first release' : parts.flat().join(', ')})`,
    ...notByItself(environment, candidate, staysAway(past(environment.name, app), running?.release, release)),
    ...starving(environment, candidate.environment, running?.release, release, history),
  ];
}

function notByItself({ name, auto, after }: Environment, candidate: ReleaseFile, why: string | undefined): string[] {
  if (!auto || why === undefined) return [];
  const from = after.length > 1 ? ` --from ${candidate.environment}` : '';
  return [`not by itself, since ${why}: pnpm run promote ${candidate.app} --to ${name}${from} brings it`];
}

function waitingOverlay({ main }: OverviewFacts, environment: Environment, release: ReleaseFile): string[] {
  const same = overlayHash(main, release.app, release.environment) === release.inputs.overlay;
  return [
    ...(same ? [] : ['overlay edit']),
    ...(isInPlace(environment, release) ? [] : ['another namespace or cluster']),
  ];
}
