import { describe, expect, it } from 'vitest';
import { production, promotionFacts } from '../../../test/gate-facts.ts';
import type { Observation } from '../soak/observation.ts';
import type { Verified } from '../soak/observe.ts';
import { evaluateGates, type GateFacts, type Running, type Verdict } from './index.ts';

const environment = { ...production, gates: { soak: { for: '10m' } } };
const { release } = promotionFacts.release;
const at = (minute: number): string => new Date(Date.UTC(2030, 0, 1, 12, minute)).toISOString();

function seen(from: number, to: number, change: Partial<Observation> = {}): Observation {
  const known = { app: 'web', environment: 'staging', release, landing: 'c', healthy: true, reason: 'why' };
  return { ...known, from: at(from), to: at(to), ...change } as Observation;
}

const landed = {
  app: 'web',
  environment: 'staging',
  commit: 'c',
  record: { at: at(0), outcome: { state: 'verified' } },
} as Verified;

function runs(...observations: Observation[]): Running[] {
  return [{ environment: 'staging', watched: { landed, observations } }];
}

function ask(facts: Partial<GateFacts>): Verdict | undefined {
  const now = new Date(at(5));
  return evaluateGates({ ...promotionFacts, environment, now, ...facts }).find(({ gate }) => gate === 'soak');
}

describe('the gate soak', () => {
  it('passes on what was observed alone, also when the release runs there no longer', () => {
    const observations = [seen(0, 4), seen(4, 10)];
    const verdict = { state: 'pass', evidence: 'healthy in staging for 10m' };
    expect(ask({ observations })).toMatchObject(verdict);
    expect(ask({ observations, running: [] })).toMatchObject(verdict);
  });

  it('is pending until what is missing has been observed, and says when that is', () => {
    const observations = [seen(0, 4)];
    expect(ask({ observations, running: runs(...observations) })).toMatchObject({
      state: 'pending',
      evidence: 'healthy in staging for 4m of 10m',
      opensAt: at(10),
      next: `wait until ${at(10)}`,
    });
    expect(ask({ running: runs() })).toMatchObject({ state: 'pending', opensAt: at(10) });
  });

  it('says that it begins again after a failure, and what that was', () => {
    const observations = [seen(0, 2), seen(2, 3, { healthy: false, reason: 'Degraded' }), seen(3, 4)];
    expect(ask({ observations, running: runs(...observations) })).toMatchObject({
      opensAt: at(13),
      evidence: `healthy in staging for 1m of 10m since it failed there at ${at(3)} (Degraded)`,
    });
  });

  it('fails without a time where the release was replaced before it was over', () => {
    const verdict = ask({ observations: [seen(0, 4)], running: [] });
    expect(verdict).toMatchObject({ state: 'fail', evidence: expect.stringContaining('gets no older') });
    expect(verdict?.opensAt).toBeUndefined();
  });

  it.each<[string, Partial<GateFacts>, string]>([
    [
      'nobody has looked for long',
      { now: new Date(at(45)), running: runs(seen(0, 4)) },
      `nobody has looked since ${at(4)}`,
    ],
    ['it should be over and nobody could look', { now: new Date(at(11)), running: runs() }, 'nobody has looked since'],
    [
      'it is not healthy now',
      { running: [{ ...runs()[0], health: { state: 'unhealthy', since: 0, reason: 'Degraded' } } as Running] },
      'now Degraded',
    ],
    [
      'the cluster could not be asked',
      { running: [{ ...runs()[0], health: { state: 'unclear', since: undefined, reason: 'no answer' } } as Running] },
      `no answer, so it ends at ${at(10)} at the earliest`,
    ],
    ['its landing is not verified', { running: [{ environment: 'staging' }] }, 'not verified'],
    ['only records were looked at', {}, 'healthy in staging for 0s of 10m'],
  ])('promises no time where %s', (_, facts, evidence) => {
    const verdict = ask(facts);
    expect(verdict).toMatchObject({ state: 'pending', evidence: expect.stringContaining(evidence) });
    expect(verdict?.opensAt).toBeUndefined();
  });

  it('takes the soak of any of several environments before, and of those under way the one that is over first', () => {
    const several = { ...environment, after: ['eu', 'us'] };
    const us = [seen(0, 10, { environment: 'us' })];
    expect(ask({ environment: several, observations: us })).toMatchObject({ state: 'pass' });
    const inUs: Running = {
      environment: 'us',
      watched: { landed: { ...landed, environment: 'us' }, observations: [] },
    };
    expect(ask({ environment: several, running: [inUs] })).toMatchObject({ opensAt: at(10) });
  });

  it('is asked of promotions only, and not where it takes no time', () => {
    expect(ask({ environment: production })).toBeUndefined();
    expect(ask({ environment: { ...production, gates: { soak: { for: '0s' } } } })).toBeUndefined();
    expect(ask({ verb: 'reconfiguration' })).toBeUndefined();
    expect(ask({ verb: 'rollback' })).toBeUndefined();
  });
});
