import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { production, promotionFacts } from '../../../test/gate-facts.ts';
import { mayWait, neededFacts, evaluateGates, type CheckRun, type GateFacts, type Verdict } from './index.ts';

const all = { ...production, gates: { checks: {} } };
const named = { ...production, gates: { checks: { required: ['ci-ok', 'e2e'] } } };

function run(name: string, conclusion?: string): CheckRun {
  return { name, status: conclusion === undefined ? 'in_progress' : 'completed', conclusion };
}

function verdict(environment: GateFacts['environment'], ...runs: CheckRun[]): Verdict | undefined {
  const facts = { ...promotionFacts, environment, checks: { state: 'known', runs } } as const;
  return evaluateGates(facts).find(({ gate }) => gate === 'checks');
}

describe('checks', () => {
  it('passes where everything on the commit of the image has ended well', () => {
    expect(verdict(all, run('ci-ok', 'success'), run('docs', 'skipped'), run('scan', 'neutral'))).toEqual({
      gate: 'checks',
      state: 'pass',
      evidence: 'aaaaaaaaaaaa passed ci-ok, docs, scan',
    });
  });

  it.each(['failure', 'cancelled', 'timed_out', 'action_required', 'stale'])('fails where one ended with %s', (end) => {
    expect(verdict(all, run('ci-ok', 'success'), run('e2e', end), run('slow'))).toMatchObject({
      state: 'fail',
      evidence: `of aaaaaaaaaaaa: e2e ended with ${end}`,
    });
  });

  it('waits for what runs, and for what is required and has not started', () => {
    expect(verdict(named, run('e2e'))).toMatchObject({
      state: 'pending',
      evidence: 'of aaaaaaaaaaaa: e2e runs, ci-ok has not started',
    });
    expect(verdict(all)).toMatchObject({ state: 'pending', evidence: 'of aaaaaaaaaaaa: no check has started' });
  });

  it('looks at nothing but what is required where that is said', () => {
    expect(verdict(named, run('ci-ok', 'success'), run('e2e', 'success'), run('docs', 'failure'))?.state).toBe('pass');
  });

  it("does not take the pipeline's own jobs for checks, since these run on commits of main as well", () => {
    expect(
      verdict(all, run('ci-ok', 'success'), run('pipeline: carry out'), run('pipeline: deliver', 'failure'))?.state,
    ).toBe('pass');
    expect(verdict(all, run('pipeline: deliver', 'success'))?.state).toBe('pending');
  });

  it('is unknown where GitHub could not be asked, and that is nothing to wait for', () => {
    const facts = { ...promotionFacts, environment: all, checks: { state: 'unknown', reason: 'no token' } } as const;
    const verdicts = evaluateGates(facts);
    expect(verdicts.find(({ gate }) => gate === 'checks')).toMatchObject({
      state: 'unknown',
      evidence: 'GitHub could not be asked about aaaaaaaaaaaa: no token',
    });
    expect(mayWait(verdicts)).toBe(false);
  });

  it('is asked about promotions, where named, and not where nothing is required', () => {
    const none = { ...production, gates: { checks: { required: [] } } };
    expect(neededFacts('promotion', all)).toContain('checks');
    for (const [verb, environment] of [
      ['promotion', production],
      ['promotion', none],
      ['reconfiguration', all],
      ['rollback', all],
    ] as const) {
      expect(neededFacts(verb, environment)).not.toContain('checks');
    }
  });

  it('passes only where each required check has a good end, whatever the runs are', () => {
    const ends = fc.constantFrom(undefined, 'success', 'failure', 'skipped');
    const runs = fc.uniqueArray(fc.tuple(fc.constantFrom<string>('ci-ok', 'e2e', 'docs'), ends), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(runs, (given) => {
        const ended = new Map(given);
        const good = ['ci-ok', 'e2e'].every((name) => /success|skipped/.test(ended.get(name) ?? ''));
        expect(verdict(named, ...given.map(([name, end]) => run(name, end)))?.state === 'pass').toBe(good);
      }),
    );
  });
});
