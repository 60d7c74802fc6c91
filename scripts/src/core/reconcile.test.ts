import { describe, expect, it } from 'vitest';
import { isBeyondRepair, isBroken, isOpen, readLandings, type Landed } from './reconcile.ts';
import type { DeliveryRecord } from './record.ts';
import type { ReleaseFile } from './release-file.ts';

function record(state: DeliveryRecord['outcome']['state'], change: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const at = '2030-01-01T00:00:00Z';
  return {
    app: 'web',
    environment: 'prod',
    landing: 'b',
    at,
    outcome: { state, reason: '' },
    ...change,
  } as DeliveryRecord;
}

function landed(...records: DeliveryRecord[]): Landed {
  const found = readLandings('prod', new Map([['web', {} as ReleaseFile]]), new Map([['web', 'b']]), records)[0];
  if (found === undefined) throw new Error('web has landed');
  return found;
}

describe('a landing', () => {
  it('is open while nothing is known of it', () => {
    expect(isOpen(landed())).toBe(true);
    expect(isOpen(landed(record('unknown')))).toBe(true);
    expect(isOpen(landed(record('timed-out')))).toBe(true);
    expect(isOpen(landed(record('verified', { landing: 'a' })))).toBe(true);
    expect(isOpen(landed(record('verified', { environment: 'staging' })))).toBe(true);
    expect(isOpen(landed(record('verified')))).toBe(false);
  });

  it('keeps what was known of it when an unknown outcome is written down later', () => {
    expect(isOpen(landed(record('verified'), record('unknown', { at: '2030-01-02T00:00:00Z' })))).toBe(false);
  });

  it.each([
    ['failed', true],
    ['aborted', true],
    ['verified', false],
    ['timed-out', false],
    ['superseded', false],
  ] as const)('that was %s is broken: %s', (state, broken) => {
    expect(isBroken(landed(record(state)))).toBe(broken);
  });

  it('that brought back a verified state and failed as well is for people', () => {
    expect(isBeyondRepair(landed(record('failed', { verb: 'rollback' })))).toBe(true);
    expect(isBeyondRepair(landed(record('failed', { verb: 'promotion' })))).toBe(false);
    expect(isBeyondRepair(landed(record('verified', { verb: 'rollback' })))).toBe(false);
  });

  it('is not broken by what became of an earlier one', () => {
    expect(isBroken(landed(record('failed', { landing: 'a' })))).toBe(false);
  });
});
