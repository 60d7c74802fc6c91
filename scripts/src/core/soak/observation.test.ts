import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseRecord } from '../record.ts';
import {
  formatObservation,
  isObservationPath,
  observationPath,
  parseObservation,
  type Observation,
} from './observation.ts';

const instant = fc.integer({ min: 0, max: 4e12 });
const observation: fc.Arbitrary<Observation> = fc
  .record({ healthy: fc.boolean(), reason: fc.string(), a: instant, b: instant })
  .map(({ healthy, reason, a, b }) => ({
    kind: 'observation',
    app: 'web',
    environment: 'staging',
    release: '0123456789ab',
    digest: `sha256:${'a'.repeat(64)}`,
    tag: 'aaaaaaaaaaaa-1',
    landing: 'b'.repeat(40),
    healthy,
    from: new Date(Math.min(a, b)).toISOString(),
    to: new Date(Math.max(a, b)).toISOString(),
    reason,
  }));
const [one] = fc.sample(observation, 1) as [Observation];

it('is read back as it was written, from a place that tells what it is, and is no outcome', () => {
  fc.assert(
    fc.property(observation, (each) => {
      const text = formatObservation(each);
      expect(parseObservation(text)).toEqual(each);
      expect(isObservationPath(observationPath(each))).toBe(true);
      expect(parseRecord(text)).toBeUndefined();
    }),
  );
});

it('has a place of its own for each end, so that two who look do not stand in each other’s way', () => {
  const paths = ['2030-01-01T00:00:00.000Z', '2030-01-01T00:00:01.000Z'].map((to) => observationPath({ ...one, to }));
  expect(paths[0]).toMatch(/^staging\/web\/bbbbbbbbbbbb-(un)?healthy-20300101T000000000Z\.json$/);
  expect(paths[1]).not.toBe(paths[0]);
  expect(isObservationPath('staging/web/bbbbbbbbbbbb-verified.json')).toBe(false);
});

it.each([
  ['ends before it begins', { from: '2030-01-02T00:00:00Z', to: '2030-01-01T00:00:00Z' }],
  ['has no real instants', { from: 'yesterday' }],
  ['is something else', { kind: 'record' }],
])('is not read where it %s', (_, change) => {
  expect(parseObservation(JSON.stringify({ ...one, ...change }))).toBeUndefined();
  expect(parseObservation('{')).toBeUndefined();
});
