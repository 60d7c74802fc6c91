import { DateTime } from 'luxon';
import { beforeAll, describe, expect, it } from 'vitest';
import { closedUntil, windowProblem } from './freeze-windows.ts';

const weekend = { cron: '0 16 * * FRI', for: '64h', zone: 'Europe/Berlin', reason: 'weekend' };

function until(windows: Parameters<typeof closedUntil>[0], at: string, app = 'web'): string | undefined {
  return closedUntil(windows, app, new Date(at))?.until;
}

describe('a window', () => {
  it('is closed from its beginning to the instant before its end', () => {
    expect(until([weekend], '2030-01-04T14:59:59.999Z')).toBeUndefined();
    expect(until([weekend], '2030-01-04T15:00:00.000Z')).toBe('2030-01-07T07:00:00.000Z');
    expect(until([weekend], '2030-01-07T06:59:59.999Z')).toBe('2030-01-07T07:00:00.000Z');
    expect(until([weekend], '2030-01-07T07:00:00.000Z')).toBeUndefined();
  });

  it('tells why, and concerns only the apps that it names', () => {
    expect(closedUntil([weekend], 'web', new Date('2030-01-05T00:00:00Z'))?.reason).toBe('weekend');
    expect(until([{ ...weekend, apps: ['jobs'] }], '2030-01-05T00:00:00Z')).toBeUndefined();
    expect(until([{ ...weekend, apps: ['jobs'] }], '2030-01-05T00:00:00Z', 'jobs')).toBeDefined();
  });

  it('may follow a rule with a beginning', () => {
    const year = { rrule: 'FREQ=YEARLY', start: '2026-12-20T18:00', for: '16d', zone: 'America/New_York' };

    expect(until([year], '2026-12-20T22:59:59Z')).toBeUndefined();
    expect(until([year], '2026-12-20T23:00:00Z')).toBe('2027-01-05T23:00:00.000Z');
    expect(until([year], '2031-12-31T00:00:00Z')).toBe('2032-01-05T23:00:00.000Z');
    expect(until([year], '2025-12-24T00:00:00Z')).toBeUndefined();
  });

  it('opens when the last of several that follow each other ends', () => {
    const night = { cron: '0 7 * * MON', for: '2h', zone: 'UTC' };

    expect(until([weekend, night], '2030-01-05T00:00:00Z')).toBe('2030-01-07T09:00:00.000Z');
  });

  it('that never opens is closed for as long as anyone can plan', () => {
    const always = { cron: '0 0 * * *', for: '24h', zone: 'UTC' };

    expect(Date.parse(until([always], '2030-01-01T12:00:00Z') ?? '')).toBeGreaterThan(
      Date.parse('2031-01-01T00:00:00Z'),
    );
  });

  it('that cannot be evaluated says why', () => {
    expect(windowProblem(weekend)).toBeUndefined();
    expect(windowProblem({ ...weekend, cron: '0 16 * * FUNDAY' })).toContain('FUNDAY');
    expect(windowProblem({ rrule: 'FREQ=SOMETIMES', for: '1h', zone: 'UTC' })).toBeDefined();
  });
});

/** The first minutes after which the clocks of a zone have changed, in ten years, by the independent calendar. */
function changesOf(zone: string): DateTime[] {
  const within = (from: DateTime, unit: 'days' | 'minutes', count: number): DateTime[] => {
    const all = Array.from({ length: count }, (_, index) => from.plus({ [unit]: index }));
    return all.filter((each, index) => index > 0 && each.offset !== all[index - 1]?.offset);
  };
  const days = within(DateTime.fromISO('2026-01-01T12:00', { zone }), 'days', 3652);
  return days.flatMap((day) => within(day.minus({ days: 1 }), 'minutes', 1500));
}

/** The same window by a cron pattern and by a rule: every day at a time of the wall clock. */
function daily({ hour, minute, year }: DateTime, length: string, zone: string) {
  const by = `BYHOUR=${hour};BYMINUTE=${minute};BYSECOND=0`;
  return {
    cron: { cron: `${minute} ${hour} * * *`, for: length, zone },
    rule: { rrule: `FREQ=DAILY;${by}`, start: `${year - 1}-12-01T00:00`, for: length, zone },
  };
}

describe('ten years of changing clocks', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Santiago'];

  const changes = new Map<string, DateTime[]>();

  beforeAll(() => {
    for (const zone of zones) changes.set(zone, changesOf(zone));
  });

  it.each(zones)('agree with an independent calendar in %s', (zone) => {
    for (let day = DateTime.fromISO('2026-01-04T05:30', { zone }); day.year < 2036; day = day.plus({ weeks: 1 })) {
      const [start, end] = [day.toMillis(), day.toMillis() + 3 * 3_600_000];
      for (const [kind, each] of Object.entries(daily(day, '3h', zone))) {
        const seen = [start - 1, start, end - 1, end].map((at) => until([each], new Date(at).toISOString()));
        const ends = new Date(end).toISOString();
        expect(seen, `${day.toISO()} ${kind}`).toEqual([undefined, ends, ends, undefined]);
      }
    }
  });

  it.each(zones)('are crossed by windows of exactly their length, at every change in %s', (zone) => {
    expect(changes.get(zone)).toHaveLength(20);
    for (const change of changes.get(zone) ?? []) {
      const evening = change.minus({ hours: 10 }).startOf('hour');
      const [start, end] = [evening.toMillis(), evening.toMillis() + 16 * 3_600_000];
      for (const [kind, each] of Object.entries(daily(evening, '16h', zone))) {
        const seen = [start - 1, start, change.toMillis() - 1, change.toMillis(), end - 1, end];
        const ends = new Date(end).toISOString();
        expect(
          seen.map((at) => until([each], new Date(at).toISOString())),
          `${change.toISO()} ${kind}`,
        ).toEqual([undefined, ends, ends, ends, ends, undefined]);
      }
    }
  });

  it.each(zones)('leave no window out that begins in an hour which is skipped or comes twice, in %s', (zone) => {
    for (const change of changes.get(zone) ?? []) {
      // A quarter of an hour into what the wall clock does not show, or shows again.
      const offset = Math.min(change.offset, change.minus(1).offset);
      const shown = change.setZone('utc').plus({ minutes: offset + 15 });
      for (const [kind, each] of Object.entries(daily(shown, '30m', zone))) {
        const looks = Array.from({ length: 25 }, (_, index) => change.plus({ minutes: index * 10 - 120 }));
        const closed = looks.filter((at) => until([each], at.toUTC().toISO() ?? '') !== undefined);
        expect(closed.length, `${change.toISO()} ${kind}`).toBeGreaterThanOrEqual(3);
      }
    }
  });

  it('end where a rule ends, which is an instant, wherever the zone is', () => {
    for (const [zone, last] of [
      ['Asia/Tokyo', '2026-03-02T00:30:00Z'],
      ['America/New_York', '2026-03-01T14:30:00Z'],
    ] as const) {
      const rule = { rrule: 'FREQ=DAILY;UNTIL=20260302T010000Z', start: '2026-02-01T09:30', for: '1h', zone };
      const after = DateTime.fromISO(last).plus({ days: 1 }).toUTC().toISO() ?? '';
      expect([until([rule], last), until([rule], after)]).toEqual([expect.any(String), undefined]);
    }
  });
});
