import type { Git } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import type { Change, Plan } from '../core/plan.ts';
import { quarantineOf, type Policy } from '../core/policy.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { chooseState, withImageOf, type PastState } from '../core/rollback.ts';
import type { Planned } from './apply.ts';
import { releaseHistory } from './find-release.ts';
import { createGitHubFacts } from './github-facts.ts';
import { judgeChange } from './judge.ts';
import { renderer, renderRelease } from './render.ts';
import { branchState, readRecords } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';
import { createSources } from './sources.ts';

export interface RollbackRequest {
  app: string;
  environment: string;
  /** Id or tag of an earlier release, or `previous`. */
  to: string;
  reason: string | undefined;
  by: string;
  /** Only the image goes back; base and overlay stay as they are. */
  imageOnly?: boolean | undefined;
  /** Until when the app is held as it is then (ISO 8601); without it, the release that is left behind goes into quarantine. */
  holdUntil?: string | undefined;
}

/**
 * Plans to restore an earlier verified state of an app, with what keeps the present one from coming back in the same commit.
 * Throws UserError where there is no such state; the quarantine's verdict is part of the plan.
 */
export async function planRollback(
  context: Context,
  repository: Repository,
  request: RollbackRequest,
): Promise<Planned & { plan: Plan }> {
  const { git, remote, config, main } = repository;
  const { app, by } = request;
  const refs = remoteRefs(remote);
  const environment = findEnvironment(config, request.environment);
  const [state, records] = await Promise.all([
    branchState(git, environment.name, refs, [app]),
    readRecords(git, config, [app], refs),
  ]);
  // Of the same head as the state, whatever is fetched meanwhile.
  const history = await releaseHistory(git, state.head, app);
  const now = context.clock.now();
  const chosen = chooseState({
    app,
    environment: environment.name,
    to: request.to,
    history,
    retired: !state.releases.has(app),
    imageOnly: request.imageOnly,
    records,
    policy: state.policy,
    now,
  });
  const previous = state.releases.get(app);
  const { release, manifests, restored, reason } =
    request.imageOnly === true ? await renderImage(repository, state, app, chosen) : await readState(git, app, chosen);
  const verdicts = await judgeChange(
    { git, main, refs, github: createGitHubFacts(repository, environment.name) },
    {
      app,
      verb: 'rollback',
      environment,
      by,
      release,
      previous,
      records,
      policy: state.policy,
      now,
      allowed: new Set(),
    },
  );
  const plan: Plan = {
    verb: 'rollback',
    environment: environment.name,
    head: state.head,
    configuredBy: main.revision,
    by,
    why: request.reason,
    changes: [{ app, release, previous, manifests, verdicts, reason, restored }],
    policy: stopAfter(request, state.policy, previous, release, now),
  };
  return { plan, target: state };
}

type Restored = Pick<Change, 'release' | 'manifests' | 'restored' | 'reason'>;

/** An earlier state byte for byte. */
async function readState(git: Git, app: string, { commit, release, text }: PastState): Promise<Restored> {
  const manifests = await git.text(`${commit}:${app}/manifests.yaml`);
  if (manifests === undefined) throw new UserError(`${commit.slice(0, 12)} has no ${app}/manifests.yaml`);
  const { intent: _, ...kept } = release;
  return { release: kept, manifests, restored: text, reason: `as it was at ${commit.slice(0, 12)}` };
}

/** What runs, rendered again with the image of an earlier state. */
async function renderImage(
  { config, git }: Repository,
  state: BranchState,
  app: string,
  earlier: PastState,
): Promise<Restored> {
  const running = state.releases.get(app);
  if (running === undefined) {
    throw new UserError(`${app} does not run in ${state.environment}, so no base is there to go with an image`, {
      hint: 'without --image-only the last verified state comes back whole',
    });
  }
  const release = { ...withImageOf(running, earlier), renderer };
  const manifests = await renderRelease(config, release, createSources(git), state.manifests.get(app));
  return { release, manifests, reason: `base and overlay stay, the image is that of ${earlier.commit.slice(0, 12)}` };
}

/** The policy with a hold on what is restored, or with what is left behind in quarantine. */
function stopAfter(
  { app, by, reason, holdUntil }: RollbackRequest,
  policy: Policy,
  left: ReleaseFile | undefined,
  restored: Omit<ReleaseFile, 'intent'>,
  now: Date,
): Policy {
  const why = reason === undefined ? '' : `: ${reason}`;
  const words = { by, at: now.toISOString() };
  if (holdUntil !== undefined) {
    const from = left === undefined ? '' : ` from ${left.tag}`;
    const hold = { app, reason: `rolled back${from} to ${restored.tag}${why}`, ...words, until: holdUntil };
    return { ...policy, holds: [...policy.holds, hold] };
  }
  // Where only an overlay was wrong, the release itself is what comes back.
  const same = left === undefined || left.release === restored.release;
  if (same || quarantineOf(policy, app, left, now) !== undefined) return policy;
  const quarantine = { app, release: left.release, reason: reason ?? 'rolled back', ...words };
  return { ...policy, quarantines: [...policy.quarantines, quarantine] };
}
