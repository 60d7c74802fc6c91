import { Cron } from 'croner';
import { RRuleTemporal } from 'rrule-temporal';
import type { FreezeWindow } from './config-schema.ts';
import { parseDuration } from './duration.ts';

/** A closed environment: until when (ISO 8601, UTC), and why. */
export interface Closed {
  until: string;
  reason: string | undefined;
}

/** Windows that touch each other for longer than this are closed for good as far as anyone can plan. */
const horizon = 400 * 24 * 3_600_000;

/**
 * Until when the windows that name an app keep an environment closed at a time; undefined where none does.
 * A window begins by wall-clock time in its zone and lasts an exact time, so one across a change of the clocks ends an
 * hour earlier or later by the wall. Windows that follow each other without a gap are one.
 */
export function closedUntil(windows: readonly FreezeWindow[], app: string, at: Date): Closed | undefined {
  const own = windows.filter((each) => each.apps === undefined || each.apps.includes(app));
  let until = at.getTime();
  let reason: string | undefined;
  for (;;) {
    const ends = own.map((window) => ({ window, end: endOf(window, until) })).filter(({ end }) => end > until);
    const last = ends.toSorted((a, b) => a.end - b.end).at(-1);
    if (last === undefined) break;
    until = last.end;
    reason ??= last.window.reason;
    if (until - at.getTime() > horizon) break;
  }
  return until === at.getTime() ? undefined : { until: new Date(until).toISOString(), reason };
}

/** What is wrong with a window, in one line; undefined where it can be evaluated. */
export function windowProblem(window: FreezeWindow): string | undefined {
  try {
    endOf(window, 0);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** When the occurrence that began last at or before a time ends, in milliseconds since 1970; -Infinity where none has begun. */
function endOf(window: FreezeWindow, at: number): number {
  const began = window.cron === undefined ? lastByRule(window, at) : lastByCron(window.cron, window.zone, at);
  return began === undefined ? Number.NEGATIVE_INFINITY : began + parseDuration(window.for);
}

function lastByCron(pattern: string, zone: string, at: number): number | undefined {
  const cron = new Cron(pattern, { timezone: zone, paused: true });
  // Occurrences strictly before, by whole seconds.
  const [last] = cron.previousRuns(1, new Date(Math.floor(at / 1000) * 1000 + 1000));
  return last?.getTime();
}

/**
 * A rule is followed by the clock on the wall, and what that says is looked up in the zone. RFC 5545 has an occurrence
 * ignored whose hour the clocks skip, which would leave the environment open; here it begins as much later.
 */
function lastByRule({ rrule = '', zone, start }: FreezeWindow, at: number): number | undefined {
  const dtstart = Temporal.PlainDateTime.from(start ?? '2020-01-01T00:00').toZonedDateTime('UTC');
  const rule = new RRuleTemporal({ rruleString: `RRULE:${wallUntil(rrule, zone)}`, dtstart });
  // An hour that comes twice may have begun by a wall clock that now shows less; no clock is put back by more than this.
  let before = wallClock(at, zone).add({ hours: 3 }).toZonedDateTime('UTC').epochMilliseconds;
  for (;;) {
    const last = rule.previous(new Date(before), true);
    if (last === null) return undefined;
    const began = last.toPlainDateTime().toZonedDateTime(zone).epochMilliseconds;
    if (began <= at) return began;
    before = last.epochMilliseconds - 1;
  }
}

/** The end of a rule is an instant (RFC 5545, 3.3.10); this is what the clock on the wall says then. */
function wallUntil(rrule: string, zone: string): string {
  return rrule.replace(/(UNTIL=)(\d{8}T\d{6}Z)/i, (_, key: string, instant: string) => {
    const at = Temporal.Instant.from(instant).epochMilliseconds;
    return `${key}${wallClock(at, zone).toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')}Z`;
  });
}

function wallClock(at: number, zone: string): Temporal.PlainDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime();
}
