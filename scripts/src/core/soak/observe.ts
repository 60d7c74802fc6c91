import { judge, type OutcomeFacts } from '../outcome/index.ts';
import type { Workload } from '../outcome/workload.ts';
import type { Landed } from '../reconcile.ts';
import type { DeliveryRecord } from '../record.ts';
import { formatDuration } from '../duration.ts';
import { lastObservation } from './progress.ts';
import type { Observation } from './observation.ts';

/** How long health may be lost before that counts as a failure: as long as what is verified has to last. */
const stableFor = 10_000;

/** How far apart two looks may be for the time between them to count: a reconciler by schedule on GitHub can be that late. */
export const longestGap = 30 * 60_000;

/** How much seen time may be lost to whoever looks next: half of the gap, so that one missed write costs nothing. */
const writeEvery = longestGap / 2;

/** How a landing is now; `unclear` where its bytes are not what runs, or the cluster does not say. */
export interface Health {
  state: 'healthy' | 'unhealthy' | 'unclear';
  /** Since when it has been so without a break. */
  since: number | undefined;
  reason: string;
}

/**
 * Reads the health of a verified landing. Argo CD sets `status.health.lastTransitionTime` when an application's health
 * changes (persistAppStatus in its appcontroller.go); the `Available` condition of the workload counts as well, for a time
 * in which Argo CD itself did not look.
 */
export function healthOf(facts: OutcomeFacts): Health {
  const health = facts.application?.status?.health;
  const changed = instant(health?.lastTransitionTime);
  if (facts.compared !== 'landed') {
    return { state: 'unclear', since: undefined, reason: 'what Argo CD has synced is something else' };
  }
  const outcome = judge(facts);
  if (outcome.state === 'verified') {
    const times = [changed, ...facts.workloads.map(({ live }) => availableSince(live))].filter(
      (each) => each !== undefined,
    );
    return times.length === 0
      ? { state: 'unclear', since: undefined, reason: 'Argo CD does not say since when it is healthy' }
      : { state: 'healthy', since: Math.max(...times), reason: outcome.reason };
  }
  const lost = health?.status !== undefined && health.status !== 'Healthy' && health.status !== 'Unknown';
  return {
    state: lost ? 'unhealthy' : 'unclear',
    since: changed,
    reason: lost ? `${health.status}, ${outcome.reason}` : outcome.reason,
  };
}

function availableSince(workload: Workload | undefined): number | undefined {
  const conditions: readonly { type: string; status: string; lastTransitionTime?: string }[] =
    workload?.kind === 'CronJob' ? [] : (workload?.status?.conditions ?? []);
  const available = conditions.find(({ type, status }) => type === 'Available' && status === 'True');
  return instant(available?.lastTransitionTime);
}

function instant(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** A landing that is on record as verified. */
export type Verified = Landed & { record: DeliveryRecord };

export function isVerified(landed: Landed): landed is Verified {
  return landed.record?.outcome.state === 'verified';
}

/** What was known of a verified landing before it was looked at. */
export interface Watched {
  landed: Verified;
  observations: readonly Observation[];
  /** Until when whoever looks has seen it healthy without a break, where that is not written down yet. */
  seenUntil?: number | undefined;
}

/** Until when a landing is on record as having been looked at. */
export function recordedUntil({ landed, observations }: Watched): number {
  return Date.parse(lastObservation(observations, landed)?.to ?? landed.record.at);
}

/**
 * What one look at a landing adds to what is known of it. Time is claimed up to the whole second of `now`, from where the
 * last look ended, if health has not changed in between; else from that change on, and where it may have been lost for long
 * that is a failure, unless its soaks are `over` already. Of a gap longer than `longestGap` nobody knows anything.
 */
export function observe(watched: Watched, { state, since, reason }: Health, now: Date, over = false): Observation[] {
  const { landed, observations } = watched;
  const to = Math.floor(now.getTime() / 1000) * 1000;
  const from = recordedUntil(watched);
  const seen = Math.max(from, watched.seenUntil ?? from);
  const wasHealthy = lastObservation(observations, landed)?.healthy ?? true;

  function make(healthy: boolean, first: number, last: number, why: string): Observation {
    const { app, environment, commit, release } = landed;
    return {
      kind: 'observation',
      app,
      environment,
      release: release.release,
      digest: release.digest,
      tag: release.tag,
      landing: commit,
      healthy,
      from: new Date(first).toISOString(),
      to: new Date(last).toISOString(),
      reason: why,
    };
  }

  if (state === 'unhealthy') {
    const lasted = since === undefined ? 0 : to - since;
    return wasHealthy && since !== undefined && lasted > stableFor ? [make(false, since, to, reason)] : [];
  }
  if (state === 'unclear' || since === undefined || to < seen || (to === from && wasHealthy)) return [];
  const gone = to - seen > longestGap;
  const changed = Math.min(to, since);
  if (!gone && wasHealthy && changed <= seen) return [make(true, from, to, reason)];
  const before = wasHealthy && seen > from ? [make(true, from, seen, reason)] : [];
  const lost = changed - seen;
  const broken =
    wasHealthy && !gone && !over && lost > stableFor
      ? [make(false, seen, changed, `not healthy all the time between two looks ${formatDuration(lost)} apart`)]
      : [];
  return [...before, ...broken, make(true, gone ? to : Math.max(seen, changed), to, reason)];
}

/**
 * Whether what a look has added has to be written down now: health has changed, a soak is over with it, nobody had looked
 * for too long, or much would be lost. Everything else can be claimed by the next look as well.
 */
export function isWorthWriting(watched: Watched, made: readonly Observation[], ends: boolean, over: boolean): boolean {
  const last = made.at(-1);
  if (last === undefined) return false;
  if (ends || made.some(({ healthy }) => !healthy)) return true;
  if (lastObservation(watched.observations, watched.landed)?.healthy === false) return true;
  if (over) return false;
  const from = recordedUntil(watched);
  return made.length > 1 || Date.parse(last.from) > from || Date.parse(last.to) - from >= writeEvery;
}
