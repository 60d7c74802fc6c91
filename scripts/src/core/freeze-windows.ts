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

function lastByRule({ rrule, zone, start }: FreezeWindow, at: number): number | undefined {
  const first = Temporal.PlainDateTime.from(start ?? '2020-01-01T00:00').toZonedDateTime(zone);
  const rule = new RRuleTemporal({ rruleString: `RRULE:${rrule ?? ''}`, dtstart: first });
  return rule.previous(new Date(at), true)?.epochMilliseconds;
}
