import { ClusterSilent } from '../adapters/kubernetes-api.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import type { Outcome } from '../core/outcome/outcome.ts';
import { intentId, type Change, type Plan } from '../core/plan.ts';
import type { DeliveryRecord } from '../core/record.ts';
import { shortened } from '../core/text.ts';
import type { Progress } from '../ui/index.ts';
import type { Explanation } from './explain.ts';
import type { Landing } from './land.ts';
import { announce, connectClusters, type Clusters, type Seen } from './look.ts';
import { preempt } from './preempt.ts';
import { watchRelease } from './follow-release.ts';
import { watchRetirement } from './follow-retirement.ts';
import type { Repository } from './repository.ts';

/** How long what looks verified, retired or failed has to last before it counts, in milliseconds: both can be passing states. */
const stableFor = 10_000;
/** Milliseconds between attempts to tell Argo CD of a landing: an API server that starts anew is back within these. */
const silences = [500, 1000, 2000, 4000, 8000];
/** A record says why in a sentence, not in all that a controller can say. */
const reasonLength = 500;

export interface FollowOptions {
  /** Seconds until an outcome that has not come counts as timed out. */
  deadline: number;
  progress: Progress;
  /** Milliseconds between two looks at the cluster; 500 unless said otherwise. */
  lookEvery?: number | undefined;
}

/** What became of one app of a landing; `why` only where it did not work out, and where the cluster says. */
export interface Followed {
  record: DeliveryRecord;
  why: Explanation | undefined;
}

type Ended = Outcome & { state: DeliveryRecord['outcome']['state']; why?: Explanation | undefined };

/** Has Argo CD take up a landing, waits for what becomes of each of its apps, and gives that as records. */
export async function follow(
  context: Context,
  repository: Repository,
  landing: Landing<Plan>,
  options: FollowOptions,
): Promise<Followed[]> {
  const { git, remote } = repository;
  const { plan, commit } = landing;
  // Another process may have pushed it.
  if ((await git.resolve(commit)) === undefined) await git.fetch(remote.name);
  const watch =
    plan.verb === 'retirement' ? watchRetirement(repository, plan) : watchRelease(context, repository, landing);
  let clusters: Clusters | undefined;
  let trouble = '';
  try {
    const connected = await connectClusters(repository, plan.environment);
    if (plan.verb === 'rollback') {
      for (const line of await preempt(repository, connected.argocd, landing)) options.progress.note(line);
    }
    await untilAnswered(context, options.deadline, () => announce(connected.argocd, plan));
    clusters = connected;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    trouble = error.message;
  }
  const ended = await Promise.all(
    plan.changes.map((change) =>
      clusters === undefined
        ? unknownOutcome(options.progress, change, trouble)
        : followOne(context, plan.environment, change, watch(clusters, change), options),
    ),
  );
  return plan.changes.map((change, index) => {
    const { why, ...outcome } = ended[index] as Ended;
    const record = {
      app: change.app,
      environment: plan.environment,
      release: change.release.release,
      digest: change.release.digest,
      tag: change.release.tag,
      verb: plan.verb,
      intent: intentId(plan),
      landing: commit,
      by: plan.by,
      ...(plan.overridden === undefined ? {} : { overridden: [...plan.overridden], why: plan.why }),
      at: context.clock.now().toISOString(),
      outcome: { ...outcome, reason: shortened(outcome.reason, reasonLength) },
    };
    return { record, why };
  });
}

/** Asks again where the cluster is silent, within a deadline in seconds. */
async function untilAnswered({ clock }: Context, deadline: number, ask: () => Promise<void>): Promise<void> {
  const ends = clock.now().getTime() + deadline * 1000;
  for (const wait of silences) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ClusterSilent) || clock.now().getTime() + wait > ends) throw error;
    }
    await clock.wait(wait);
  }
  return ask();
}

async function followOne(
  context: Context,
  environment: string,
  change: Change,
  look: () => Promise<Seen>,
  { deadline, progress, lookEvery = 500 }: FollowOptions,
): Promise<Ended> {
  const step = progress.step(`${change.app} in ${environment}`);
  const ends = context.clock.now().getTime() + deadline * 1000;
  let settling: { state: Outcome['state']; since: number } | undefined;
  let last: Outcome = { state: 'progressing', reason: 'waiting' };
  let seen: Seen | undefined;
  let silence: string | undefined;

  async function end(outcome: Ended): Promise<Ended> {
    if (isGood(outcome)) {
      step.done(outcome.reason);
      return outcome;
    }
    const why = outcome.state === 'superseded' ? undefined : await seen?.explain?.();
    const known = why === undefined || outcome.reason.includes(why.reason);
    const reason = known ? outcome.reason : `${outcome.reason}; ${why.reason}`;
    step.fail(`${outcome.state}: ${reason}`);
    return { ...outcome, reason, why };
  }

  for (;;) {
    try {
      seen = await look();
      last = seen.outcome;
      silence = undefined;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      silence = error.message;
      last = { state: 'progressing', reason: silence };
    }
    const now = context.clock.now().getTime();
    if (last.state !== settling?.state) settling = { state: last.state, since: now };
    const left = stableFor - (now - settling.since);
    const passing = isGood(last) || last.state === 'failed';
    if (last.state === 'progressing') step.update(last.reason);
    else if (passing && left > 0) {
      const looks = last.state === 'verified' ? 'healthy' : last.reason;
      step.update(`${looks}, watching it for ${Math.ceil(left / 1000)} s`);
    } else return end({ ...last, state: last.state });
    if (now >= ends) {
      // Whoever cannot be asked has not failed.
      if (silence !== undefined) return end({ state: 'unknown', reason: `no answer after ${deadline} s: ${silence}` });
      return end({ state: 'timed-out', reason: `no end after ${deadline} s: ${last.reason}` });
    }
    await context.clock.wait(lookEvery);
  }
}

function isGood({ state }: Outcome): boolean {
  return state === 'verified' || state === 'retired';
}

async function unknownOutcome(progress: Progress, change: Change, reason: string): Promise<Ended> {
  progress.step(change.app).fail(`outcome unknown: ${reason}`);
  return { state: 'unknown', reason };
}
