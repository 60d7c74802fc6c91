import type { BranchState } from './branch-state.ts';
import type { Config, Environment } from './config.ts';
import { UserError } from './errors.ts';
import { findEnvironment, isInPlace, namespaceOf } from './graph.ts';
import { overlayHash } from './inputs.ts';
import type { Change } from './plan.ts';
import type { ReleaseFile } from './release-file.ts';
import type { Snapshot } from './snapshot.ts';

/** What a promotion of one app is planned from. */
export interface PromotionFacts {
  environment: Environment;
  app: string;
  /** The tip of main, with the app's folder. */
  main: Snapshot;
  /** The release to move, as the environment before runs it or has run it. */
  candidate: ReleaseFile;
  target: BranchState;
}

/** A change that is neither rendered nor judged yet. */
export type PlannedChange = Omit<Change, 'manifests' | 'verdicts'>;

/** The environment that a promotion takes releases from: the one named, else the only one before. Throws UserError otherwise. */
export function sourceOf(config: Config, environment: Environment, named: string | undefined, remote: string): string {
  const { name, after } = environment;
  if (after.length === 0) {
    throw new UserError(`${name} is where delivery lands; nothing can be promoted to it`, {
      hint: `git push ${remote} main`,
      exit: 'usage',
    });
  }
  const [only] = after;
  if (named === undefined && after.length === 1 && only !== undefined) return only;
  if (named !== undefined && after.includes(named)) return named;
  if (named !== undefined) findEnvironment(config, named);
  throw new UserError(
    named === undefined ? `${name} comes after ${after.join(' and ')}` : `${name} does not come after ${named}`,
    { hint: `say where the release comes from: ${after.map((each) => `--from ${each}`).join(' or ')}`, exit: 'usage' },
  );
}

/** The release that an environment runs of an app; throws UserError where it has none. */
export function runningRelease(source: BranchState, app: string, to: string): ReleaseFile {
  const found = source.releases.get(app);
  if (found !== undefined) return found;
  throw new UserError(`${app} has no release in ${source.environment}, so there is nothing to promote to ${to}`, {
    hint: 'pnpm run status shows where it is',
  });
}

/** The candidate with the target's overlay from the tip of main; undefined where its release already runs there. */
export function planPromotion(facts: PromotionFacts): PlannedChange | undefined {
  const previous = facts.target.releases.get(facts.app);
  return previous?.release === facts.candidate.release ? undefined : planChange(facts, facts.candidate.environment);
}

/** The release that runs with the overlay from the tip of main, where it belongs; undefined where it has that already. */
export function planReconfiguration(facts: PromotionFacts): PlannedChange | undefined {
  const { app, environment, main, candidate } = facts;
  const same = overlayHash(main, app, environment.name) === candidate.inputs.overlay;
  return same && isInPlace(environment, candidate) ? undefined : planChange(facts, candidate.from);
}

function planChange(facts: PromotionFacts, from: string | undefined): PlannedChange {
  const { environment, app, main, candidate, target } = facts;
  const previous = target.releases.get(app);
  const overlay = overlayHash(main, app, environment.name);
  const { intent: _, ...kept } = candidate;
  const release: Omit<ReleaseFile, 'intent'> = {
    ...kept,
    environment: environment.name,
    cluster: environment.cluster,
    namespace: namespaceOf(environment, app),
    overlayRevision: main.revision,
    inputs: { ...candidate.inputs, overlay },
    from,
  };
  return {
    app,
    release,
    previous,
    reason: describe(environment, candidate, previous, previous?.inputs.overlay === overlay),
  };
}

function describe(
  environment: Environment,
  candidate: ReleaseFile,
  previous: ReleaseFile | undefined,
  sameOverlay: boolean,
): string {
  if (previous === undefined) return 'first release here';
  const parts = [
    candidate.digest === previous.digest ? [] : ['image'],
    candidate.inputs.manifests === previous.inputs.manifests ? [] : ['base'],
    sameOverlay ? [] : ['overlay'],
    isInPlace(environment, previous) ? [] : ['namespace or cluster'],
  ].flat();
  return parts.length === 0 ? 'release' : `${parts.join(', ')} changed`;
}
