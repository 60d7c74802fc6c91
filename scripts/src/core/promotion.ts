import type { BranchState } from './branch-state.ts';
import type { Config, Environment } from './config.ts';
import { UserError } from './errors.ts';
import { evaluateGates } from './gates/index.ts';
import { namespaceOf } from './graph.ts';
import { inputsOf } from './inputs.ts';
import type { Change } from './plan.ts';
import type { DeliveryRecord } from './record.ts';
import type { ReleaseFile } from './release-file.ts';
import type { Snapshot } from './snapshot.ts';
import type { WorkspacePackage } from './workspace.ts';

/** What a promotion is planned from. */
export interface PromotionFacts {
  config: Config;
  environment: Environment;
  app: string;
  main: Snapshot;
  workspace: ReadonlyMap<string, WorkspacePackage>;
  /** The environment before. */
  source: BranchState;
  target: BranchState;
  records: readonly DeliveryRecord[];
}

/**
 * The release that the environment before runs, with this environment's overlay from the tip of main; not rendered yet.
 * Undefined where that is already what runs here. Throws UserError where the environment before has no release.
 */
export function planPromotion(facts: PromotionFacts): Omit<Change, 'manifests'> | undefined {
  const { config, environment, app, main, source, target, records } = facts;
  const candidate = source.releases.get(app);
  if (candidate === undefined) {
    throw new UserError(
      `${app} has no release in ${source.environment}, so there is nothing to promote to ${environment.name}`,
      {
        hint: 'pnpm run status shows where it is',
      },
    );
  }
  const previous = target.releases.get(app);
  const { overlay } = inputsOf(config, main, facts.workspace, app, environment.name);
  const sameOverlay = previous?.inputs.overlay === overlay;
  if (previous?.release === candidate.release && sameOverlay) return undefined;

  const release: Omit<ReleaseFile, 'intent'> = {
    ...candidate,
    environment: environment.name,
    cluster: environment.cluster,
    namespace: namespaceOf(environment, app),
    overlayRevision: main.revision,
    inputs: { ...candidate.inputs, overlay },
    from: source.environment,
  };
  const verdicts = evaluateGates({ app, environment, release: { ...release, intent: candidate.intent }, records });
  return { app, release, previous, verdicts, reason: describe(candidate, previous, sameOverlay) };
}

function describe(candidate: ReleaseFile, previous: ReleaseFile | undefined, sameOverlay: boolean): string {
  if (previous === undefined) return 'first release here';
  const parts = [
    candidate.digest === previous.digest ? [] : ['image'],
    candidate.inputs.manifests === previous.inputs.manifests ? [] : ['base'],
    sameOverlay ? [] : ['overlay'],
  ].flat();
  return parts.length === 0 ? 'release' : `${parts.join(', ')} changed`;
}
