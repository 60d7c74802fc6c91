import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeliveryRecord } from '../record.ts';
import type { Observation } from './observation.ts';
import { covered, soakEnds, soakOf } from './progress.ts';

const start = Date.parse('2030-01-01T00:00:00Z');
const at = (second: number): string => new Date(start + second * 1000).toISOString();

function seen(from: number, to: number, change: Partial<Observation> = {}): Observation {
  const known = { environment: 'staging', release: 'abc', healthy: true, reason: 'why' };
  return { ...known, from: at(from), to: at(to), ...change } as Observation;
}

function failed(second: number, change: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const outcome = { state: 'failed', reason: 'why' } as const;
  return { environment: 'staging', release: 'abc', at: at(second), outcome, ...change } as DeliveryRecord;
}

function seconds(observations: Observation[], records: DeliveryRecord[] = []): number {
  return soakOf('abc', 'staging', { observations, records }).observed / 1000;
}

const interval = fc.tuple(fc.nat(200), fc.nat(100)).map(([from, length]) => ({ from, to: from + length }));
const intervals = fc.array(interval, { maxLength: 8 });

describe('what intervals cover', () => {
  it('is every moment that lies in at least one of them, once', () => {
    fc.assert(
      fc.property(intervals, fc.nat(300), (some, after) => {
        const moments = Array.from({ length: 300 }, (_, moment) => moment);
        const inside = moments.filter(
          (each) => each >= after && some.some(({ from, to }) => from <= each && each < to),
        );
        expect(covered(some, after)).toBe(inside.length);
      }),
    );
  });

  it('never becomes less by another one, and does not depend on their order', () => {
    fc.assert(
      fc.property(intervals, interval, fc.nat(300), (some, more, after) => {
        expect(covered([...some, more], after)).toBeGreaterThanOrEqual(covered(some, after));
        expect(covered(some.toReversed(), after)).toBe(covered(some, after));
      }),
    );
  });
});

describe('a soak', () => {
  it('adds what was observed up, and leaves out the gaps in between', () => {
    expect(seconds([seen(0, 60), seen(100, 130), seen(110, 140)])).toBe(100);
  });

  it('counts only this release in this environment', () => {
    const others = [seen(0, 60, { release: 'other' }), seen(0, 60, { environment: 'dev' })];
    expect(seconds([...others, seen(0, 5)])).toBe(5);
    expect(seconds([seen(0, 5)], [failed(9, { release: 'other' }), failed(9, { environment: 'dev' })])).toBe(5);
  });

  it('goes on where the release comes back with another landing', () => {
    expect(seconds([seen(0, 60, { landing: 'a' }), seen(100, 110, { landing: 'b' })])).toBe(70);
  });

  it.each(['failed', 'aborted', 'timed-out'] as const)('begins again after a landing that %s', (state) => {
    const record = failed(60, { outcome: { state, reason: 'why' } });
    expect(seconds([seen(0, 60), seen(70, 75)], [record])).toBe(5);
  });

  it.each(['verified', 'unknown', 'superseded'] as const)('is not touched by a landing that was %s', (state) => {
    expect(seconds([seen(0, 60)], [failed(60, { outcome: { state, reason: 'why' } })])).toBe(60);
  });

  it('is not touched by how the removal of a retired app went', () => {
    const timedOut = { outcome: { state: 'timed-out', reason: 'why' } } as const;
    expect(seconds([seen(0, 60)], [failed(60, { ...timedOut, verb: 'retirement' })])).toBe(60);
    expect(seconds([seen(0, 60)], [failed(60, { ...timedOut, verb: 'promotion' })])).toBe(0);
  });

  it('has nothing of what was before the last time that it was unhealthy, whatever else was observed', () => {
    fc.assert(
      fc.property(intervals, fc.integer({ min: 0, max: 300 }), (some, end) => {
        const observations = some.map(({ from, to }) => seen(from, to));
        const before = some.filter(({ to }) => to <= end);
        const broken = seen(end, end, { healthy: false });
        expect(seconds([...observations, broken])).toBeLessThanOrEqual(seconds(observations));
        expect(seconds([...before.map(({ from, to }) => seen(from, to)), broken])).toBe(0);
      }),
    );
  });

  it('ends at the whole second at which what is missing has been observed', () => {
    const soak = { observed: 40_000, failure: undefined };
    expect(soakEnds(soak, 60_000, start)).toBe('2030-01-01T00:00:20.000Z');
    expect(soakEnds(soak, 60_000, start + 1)).toBe('2030-01-01T00:00:21.000Z');
  });
});
