import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
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

describe('ten years of changing clocks', () => {
  const zones = ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo'];

  it.each(zones)('agree with an independent calendar in %s', (zone) => {
    // Outside the hours that clocks skip or repeat, in which calendars may rightly differ.
    const window = { cron: '30 5 * * SUN', for: '3h', zone };
    const rule = {
      rrule: 'FREQ=WEEKLY;BYDAY=SU;BYHOUR=5;BYMINUTE=30;BYSECOND=0',
      start: '2025-12-28T05:30',
      for: '3h',
      zone,
    };
    for (let day = DateTime.fromISO('2026-01-04T05:30', { zone }); day.year < 2036; day = day.plus({ weeks: 1 })) {
      const [start, end] = [day.toMillis(), day.toMillis() + 3 * 3_600_000];
      for (const [kind, each] of Object.entries({ window, rule })) {
        const seen = [start - 1, start, end - 1, end].map((at) => closedUntil([each], 'web', new Date(at))?.until);
        const ends = new Date(end).toISOString();
        expect(seen, `${day.toISO()} ${kind}`).toEqual([undefined, ends, ends, undefined]);
      }
    }
  });
});
