import { expect, it } from 'vitest';
import { production, promotionFacts } from '../../../test/gate-facts.ts';
import type { DeliveryRecord } from '../record.ts';
import type { Observation } from '../soak/observation.ts';
import { evaluateGates, type Verdict } from './index.ts';

const environment = { ...production, gates: { verified: {} } };
const facts = { ...promotionFacts, environment, release: { ...promotionFacts.release, release: 'abc' } };

function record(state: DeliveryRecord['outcome']['state'], change: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return {
    environment: 'staging',
    release: 'abc',
    at: '2026-01-01T00:00:00Z',
    outcome: { state, reason: 'why' },
    ...change,
  } as DeliveryRecord;
}

function verdict(...records: DeliveryRecord[]): Verdict | undefined {
  return evaluateGates({ ...facts, records })[0];
}

it('passes on a record that the environment before verified this release', () => {
  expect(verdict(record('verified'))).toMatchObject({
    state: 'pass',
    evidence: 'verified in staging at 2026-01-01T00:00:00Z',
  });
});

it('takes nothing from how the removal of a retired app went', () => {
  const retirement = { verb: 'retirement', at: '2026-01-02T00:00:00Z' } as const;

  expect(verdict(record('verified'), record('timed-out', retirement))?.state).toBe('pass');
  expect(verdict(record('retired', retirement))?.state).toBe('fail');
});

it.each([
  ['no record', [], 'has no record of having run in staging'],
  ['a failure', [record('failed')], 'was failed in staging'],
  ['an unknown outcome', [record('unknown')], 'was unknown in staging'],
  ['the same release verified elsewhere', [record('verified', { environment: 'dev' })], 'has no record'],
  ['another release verified there', [record('verified', { release: 'other' })], 'has no record'],
])('fails on %s and says so', (_, records, evidence) => {
  expect(verdict(...records)).toMatchObject({ state: 'fail', evidence: expect.stringContaining(evidence) });
});

it('sends whoever asks to the cluster where nobody knows what became of it, and to the code where that failed', () => {
  const again = 'pnpm run reconcile asks the cluster again, while staging runs it';

  expect(verdict()?.next).toBe(
    'pnpm run status web shows how far it is there; pnpm run reconcile finds out what became of it',
  );
  expect(verdict(record('unknown'))?.next).toBe(again);
  expect(verdict(record('timed-out'))?.next).toBe(again);
  expect(verdict(record('failed'))?.next).toMatch(/^push a version that works/);
});

it('is taken back by a later failure, and not by what nobody could find out', () => {
  const later = { at: '2026-01-02T00:00:00Z' };

  expect(verdict(record('verified'), record('aborted', later))).toMatchObject({ state: 'fail' });
  expect(verdict(record('verified'), record('unknown', later))).toMatchObject({ state: 'pass' });
  expect(verdict(record('failed'), record('verified', later))).toMatchObject({ state: 'pass' });
});

it('is taken back by a time in which it was unhealthy, until it was seen healthy again', () => {
  const observation = (day: number, healthy: boolean): Observation =>
    ({
      environment: 'staging',
      release: 'abc',
      healthy,
      to: `2026-01-0${day}T00:00:00Z`,
      reason: 'Degraded',
    }) as Observation;
  const ask = (...observations: Observation[]): unknown =>
    evaluateGates({ ...facts, records: [record('verified')], observations })[0];

  expect(ask(observation(2, false))).toMatchObject({
    state: 'fail',
    evidence: 'release abc was unhealthy in staging at 2026-01-02T00:00:00Z: Degraded',
  });
  expect(ask(observation(2, false), observation(3, true))).toMatchObject({ state: 'pass' });
  expect(ask({ ...observation(2, false), release: 'other' })).toMatchObject({ state: 'pass' });
});

it('is not asked where the environment does not name it', () => {
  const asked = evaluateGates({ ...facts, environment: { ...environment, gates: {} } });
  expect(asked.map((each) => each.gate)).not.toContain('verified');
});
