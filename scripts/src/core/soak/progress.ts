import { isAboutRelease, type DeliveryRecord } from '../record.ts';
import type { Observation } from './observation.ts';

/** How long a release has been healthy in an environment, as far as anybody saw. */
export interface Soak {
  /** Milliseconds since it last failed; observations that overlap count once, what nobody saw does not count. */
  observed: number;
  /** The failure since which it is counted. */
  failure: { at: string; reason: string } | undefined;
}

/** What is on record of one app. */
export interface AppHistory {
  records: readonly DeliveryRecord[];
  observations: readonly Observation[];
}

/**
 * The soak of a release in an environment, whichever of its landings were observed: it goes on counting where the release
 * comes back, and stays what it was once the release has been replaced. A landing that failed, or a time in which it was
 * unhealthy, takes away all that was observed before.
 */
export function soakOf(release: string, environment: string, { records, observations }: AppHistory): Soak {
  const own = observations.filter((each) => each.release === release && each.environment === environment);
  const failures = [
    ...own.filter(({ healthy }) => !healthy).map(({ to, reason }) => ({ at: to, reason })),
    ...records
      .filter((each) => each.release === release && each.environment === environment && isAboutRelease(each))
      .filter(({ outcome }) => ['failed', 'aborted', 'timed-out'].includes(outcome.state))
      .map(({ at, outcome }) => ({ at, reason: `${outcome.state}: ${outcome.reason}` })),
  ];
  const failure = failures.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
  const healthy = own.filter((each) => each.healthy);
  const intervals = healthy.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
  return { observed: covered(intervals, failure === undefined ? 0 : Date.parse(failure.at)), failure };
}

/** How much of the time after an instant lies in at least one interval. */
export function covered(intervals: readonly { from: number; to: number }[], after: number): number {
  let total = 0;
  let counted = after;
  for (const { from, to } of intervals.toSorted((a, b) => a.from - b.from)) {
    total += Math.max(0, to - Math.max(from, counted));
    counted = Math.max(counted, to);
  }
  return total;
}

/** The newest observation of a landing of an app. */
export function lastObservation(
  observations: readonly Observation[],
  { app, environment, commit }: { app: string; environment: string; commit: string },
): Observation | undefined {
  return observations
    .filter((each) => each.app === app && each.environment === environment && each.landing === commit)
    .toSorted((a, b) => Date.parse(a.to) - Date.parse(b.to))
    .at(-1);
}

/** When a soak is over if it stays healthy, ISO 8601: a whole second, since observations end at whole seconds. */
export function soakEnds({ observed }: Soak, wanted: number, seenUntil: number): string {
  return new Date(Math.ceil((seenUntil + wanted - observed) / 1000) * 1000).toISOString();
}
