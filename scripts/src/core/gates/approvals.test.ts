import { describe, expect, it } from 'vitest';
import { production, promotionFacts } from '../../../test/gate-facts.ts';
import { approvalSubject } from '../approval.ts';
import { evaluateGates, mayWait, neededFacts, type GateFacts, type Verdict } from './index.ts';

const proposing = { ...production, landing: 'pull-request', gates: { approvals: { count: 1 } } } as const;
const manifests = { before: undefined, after: 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n' };
const subject = approvalSubject('web', 'prod', '0123456789ab', manifests.after);

function said(login: string, of = subject): { app: string; subject: string; by: string; at: string } {
  return { app: 'web', subject: of, by: `${login} <${login}@users.noreply.github.com>`, at: '2030-01-01T00:00:00Z' };
}

function verdict(change: Partial<GateFacts>): Verdict | undefined {
  return evaluateGates({ ...promotionFacts, environment: proposing, manifests, ...change }).find(
    ({ gate }) => gate === 'approvals',
  );
}

describe('approvals by reviews', () => {
  it('count like those that were given with a command', () => {
    const reviews = { state: 'known', approvals: [said('ann')], objections: [] } as const;

    expect(verdict({ reviews })).toMatchObject({ state: 'pass', evidence: expect.stringContaining('approved by ann') });
    expect(verdict({ reviews: { ...reviews, approvals: [] } })).toMatchObject({
      state: 'pending',
      next: expect.stringContaining('somebody else approves the pull request, or: pnpm run approve web'),
    });
  });

  it('are asked for of exactly this release, which its tag alone may not name, from where it would come', () => {
    const reviews = { state: 'known', approvals: [], objections: [] } as const;
    const release = { ...promotionFacts.release, from: 'staging' };
    const several = { ...proposing, after: ['staging', 'canary'] };

    expect(verdict({ reviews, release })?.next).toMatch(/ --to prod --release 0123456789ab$/);
    expect(verdict({ reviews, release, environment: several })?.next).toMatch(
      / --to prod --from staging --release 0123456789ab$/,
    );
  });

  it('do not count for whoever asked, by login in any case, nor for other bytes', () => {
    const by = 'Bob <BOB@users.noreply.github.com>';
    const own = { state: 'known', approvals: [said('bob')], objections: [] } as const;
    const stale = { state: 'known', approvals: [said('ann', 'f'.repeat(16))], objections: [] } as const;

    expect(verdict({ by, reviews: own })).toMatchObject({
      state: 'pending',
      evidence: expect.stringContaining('asked and does not count'),
    });
    expect(verdict({ by, reviews: stale })?.state).toBe('pending');
  });

  it('do not count from bots, by review or by command', () => {
    const bots = [said('github-actions[bot]'), said('4711+sluice[bot]')];
    const reviews = { state: 'known', approvals: bots, objections: [] } as const;
    const policy = { ...promotionFacts.policy, approvals: bots };

    const nobody = { state: 'pending', evidence: '0 of 1: approved by nobody' };
    expect(verdict({ reviews })).toMatchObject(nobody);
    expect(verdict({ policy })).toMatchObject(nobody);
    expect(verdict({ policy: { ...policy, approvals: [...bots, said('ann')] } })?.state).toBe('pass');
  });

  it('wait as long as somebody asks for changes to these bytes', () => {
    const reviews = { state: 'known', approvals: [said('ann')], objections: [said('eve')] } as const;
    const others = { ...reviews, objections: [said('eve', 'f'.repeat(16))] };

    expect(verdict({ reviews })).toMatchObject({
      state: 'pending',
      evidence: expect.stringContaining('eve <eve@users.noreply.github.com> asks for changes'),
    });
    expect(verdict({ reviews: others })?.state).toBe('pass');
  });

  it('are unknown where they could not be read, unless enough was approved without them', () => {
    const reviews = { state: 'unknown', reason: 'GitHub does not answer' } as const;
    const policy = { ...promotionFacts.policy, approvals: [said('ann')] };
    const verdicts = [verdict({ reviews })!];

    expect(verdicts[0]).toMatchObject({
      state: 'unknown',
      evidence: expect.stringContaining('GitHub does not answer'),
    });
    expect(mayWait(verdicts)).toBe(false);
    expect(verdict({ reviews, policy })?.state).toBe('pass');
  });

  it('are read only where there are proposals', () => {
    expect(neededFacts('promotion', proposing)).toContain('reviews');
    expect(neededFacts('promotion', { ...proposing, landing: 'direct' })).not.toContain('reviews');
  });
});
