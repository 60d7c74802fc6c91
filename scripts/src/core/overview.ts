import type { BranchState } from './branch-state.ts';
import type { Config, Environment } from './config.ts';
import { dueApps, type DueApp } from './due.ts';
import { deliveryEnvironment } from './graph.ts';
import { overlayHash } from './inputs.ts';
import { describeStop, freezesOn, holdsOn, noPolicy, stands, type Policy } from './policy.ts';
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
  health: string | undefined;
  sync: string | undefined;
}

export interface OverviewFacts {
  config: Config;
  main: Snapshot;
  workspace: ReadonlyMap<string, WorkspacePackage>;
  states: ReadonlyMap<string, BranchState>;
  records: readonly DeliveryRecord[];
  observations: readonly Observation[];
  /** The commit that each environment's apps landed with. */
  landings: ReadonlyMap<string, ReadonlyMap<string, string>>;
  now: Date;
}

/** Every app in every environment, apps first, both in the order of the configuration. */
export function overview(facts: OverviewFacts): Cell[] {
  const { config, main, workspace, states, records, landings } = facts;
  const first = deliveryEnvironment(config).name;
  const due = new Map(
    dueApps(config, main, workspace, first, states.get(first)?.releases ?? new Map()).map((each) => [each.app, each]),
  );
  return Object.keys(config.apps).flatMap((app) =>
    config.environments.map((environment) => {
      const release = states.get(environment.name)?.releases.get(app);
      const record = lastWord(records, app, environment.name, landings.get(environment.name)?.get(app));
      const waits = environment.delivery
        ? waitingForDelivery(due.get(app))
        : [
            ...environment.after.flatMap((parent) =>
              waitingRelease(facts, environment, release, states.get(parent)?.releases.get(app)),
            ),
            ...(release === undefined ? [] : waitingOverlay(facts, release)),
          ];
      const stops = standing(states.get(environment.name)?.policy ?? noPolicy, app, facts.now);
      return { app, environment: environment.name, release, record, waits, stops };
    }),
  );
}

function standing(policy: Policy, app: string, now: Date): string[] {
  const quarantines = policy.quarantines.filter((each) => each.app === app && stands(each, now));
  return [
    ...holdsOn(policy, app, now).map((each) => `held ${describeStop(each)}`),
    ...freezesOn(policy, app, now).map((each) => `frozen ${describeStop(each)}`),
    ...quarantines.map((each) => `${each.release ?? each.digest} in quarantine ${describeStop(each)}`),
  ];
}

function waitingForDelivery(due: DueApp | undefined): string[] {
  return due === undefined ? [] : [`${due.because.join(', ')} on main, not delivered`];
}

function waitingRelease(
  { records, observations }: OverviewFacts,
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
    ...starving(environment, candidate.environment, running?.release, release, history),
  ];
}

function waitingOverlay({ main }: OverviewFacts, release: ReleaseFile): string[] {
  const overlay = overlayHash(main, release.app, release.environment);
  return overlay === release.inputs.overlay ? [] : ['overlay edit'];
}
