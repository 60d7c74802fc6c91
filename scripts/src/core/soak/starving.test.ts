import { expect, it } from 'vitest';
import { production } from '../../../test/gate-facts.ts';
import type { DeliveryRecord } from '../record.ts';
import type { Observation } from './observation.ts';
import { starving } from './starving.ts';

const environment = { ...production, gates: { soak: { for: '1h' } } };
const hour = (each: number): string => `2030-01-01T0${each}:00:00.000Z`;

function verified(release: string, at: number, state: DeliveryRecord['outcome']['state'] = 'verified'): DeliveryRecord {
  return { environment: 'staging', release, at: hour(at), outcome: { state, reason: '' } } as DeliveryRecord;
}

function seen(release: string, from: string, to: string): Observation {
  return { environment: 'staging', release, healthy: true, from, to } as Observation;
}

const records = ['a', 'b', 'c', 'd'].map((release, index) => verified(release, index));

function lines(observations: Observation[], running: string | undefined, history = records): string[] {
  return starving(environment, 'staging', running, 'd', { records: history, observations });
}

it('says how many releases were replaced too early, since when, and how far the oldest came', () => {
  const observations = [seen('b', hour(1), '2030-01-01T01:20:00.000Z'), seen('c', hour(2), '2030-01-01T02:05:00.000Z')];
  expect(lines(observations, 'a')).toEqual([
    'soak of 1h starves: since 2030-01-01T01:00:00.000Z staging has replaced 2 releases before it was over, the oldest healthy for 20m',
  ]);
  expect(lines(observations, undefined)[0]).toContain('3 releases');
});

it('says nothing where one of them was there long enough, where nothing was replaced, and where no soak is asked for', () => {
  expect(lines([seen('b', hour(1), hour(2))], 'a')).toEqual([]);
  expect(lines([], 'c')).toEqual([]);
  expect(starving(production, 'staging', 'a', 'd', { records, observations: [] })).toEqual([]);
});

it('does not count what failed before it was replaced', () => {
  expect(lines([], 'b', [...records, verified('c', 2, 'failed')])).toEqual([]);
});
