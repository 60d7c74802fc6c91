import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import type { Plan } from '../core/plan.ts';
import { quarantineOf, type Policy } from '../core/policy.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { chooseState } from '../core/rollback.ts';
import type { Planned } from './apply.ts';
import { releaseHistory } from './find-release.ts';
import { judgeChange } from './judge.ts';
import { branchState, readRecords, remoteRefs, type Repository } from './repository.ts';

export interface RollbackRequest {
  app: string;
  environment: string;
  /** Id or tag of an earlier release, or `previous`. */
  to: string;
  reason: string | undefined;
  by: string;
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
  const { commit, release, text } = chooseState({
    app,
    environment: environment.name,
    to: request.to,
    history,
    retired: !state.releases.has(app),
    records,
    policy: state.policy,
    now,
  });
  const manifests = (await git.snapshot(commit, { paths: [app], wanted: () => true })).texts.get(
    `${app}/manifests.yaml`,
  );
  if (manifests === undefined) throw new UserError(`${commit.slice(0, 12)} has no ${app}/manifests.yaml`);
  const previous = state.releases.get(app);
  const verdicts = await judgeChange(
    { git, main, refs },
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
  const { intent: _, ...restored } = release;
  const plan: Plan = {
    verb: 'rollback',
    environment: environment.name,
    head: state.head,
    configuredBy: main.revision,
    by,
    why: request.reason,
    changes: [
      {
        app,
        release: restored,
        previous,
        manifests,
        verdicts,
        reason: `as it was at ${commit.slice(0, 12)}`,
        restored: text,
      },
    ],
    policy: stopAfter(request, state.policy, previous, release, now),
  };
  return { plan, target: state };
}

/** The policy with a hold on what is restored, or with what is left behind in quarantine. */
function stopAfter(
  { app, by, reason, holdUntil }: RollbackRequest,
  policy: Policy,
  left: ReleaseFile | undefined,
  restored: ReleaseFile,
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
