import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { production as prod } from '../../test/gate-facts.ts';
import { UserError } from './errors.ts';
import { approveLifting, liftedStops, liftingProblems, settleLifting } from './lifting.ts';
import { noPolicy, type Policy } from './policy.ts';

const production = { ...prod, gates: { approvals: { count: 2 } } };
const words = { reason: 'errors', by: 'Ann <ann@example.invalid>', at: '2030-01-01T00:00:00.000Z' };
const now = new Date('2030-01-02T00:00:00Z');
const [past, soon, later] = ['2030-01-01T12:00:00.000Z', '2030-01-03T00:00:00.000Z', '2030-02-01T00:00:00.000Z'];
const [bob, cleo] = ['Bob <bob@example.invalid>', 'Cleo <cleo@example.invalid>'];

function policy(change: Partial<Policy>): Policy {
  return { ...noPolicy, ...change };
}

/** What would end, in words. */
function lifted(before: Partial<Policy>, after: Partial<Policy>): string[] {
  return liftedStops({ before: policy(before), after: policy(after), now }).map(
    ({ kind, stop }) => `${kind} ${stop.reason}`,
  );
}

describe('what a change of stops lifts', () => {
  const hold = { app: 'web', ...words };
  const release = { app: 'web', release: '0123456789ab', ...words };

  it('is what stands and is not there any more', () => {
    expect(lifted({ holds: [hold], freezes: [{ ...words }], quarantines: [release] }, {})).toEqual([
      'hold errors',
      'freeze errors',
      'quarantine errors',
    ]);
    expect(lifted({ holds: [hold] }, { holds: [hold] })).toEqual([]);
  });

  it('is not what has ended by itself', () => {
    expect(lifted({ holds: [{ ...hold, until: past }] }, {})).toEqual([]);
    expect(lifted({ holds: [{ ...hold, until: soon }] }, {})).toEqual(['hold errors']);
  });

  it('is not what another stop covers for as long, and is what ends sooner', () => {
    const ending = (until?: string): Partial<Policy> => ({
      holds: [{ ...hold, reason: 'other', ...(until === undefined ? {} : { until }) }],
    });

    expect(lifted({ holds: [{ ...hold, until: soon }] }, ending(later))).toEqual([]);
    expect(lifted({ holds: [{ ...hold, until: soon }] }, ending())).toEqual([]);
    expect(lifted({ holds: [{ ...hold, until: later }] }, ending(soon))).toEqual(['hold errors']);
    expect(lifted({ holds: [hold] }, ending(later))).toEqual(['hold errors']);
  });

  it('is a freeze of what no other freeze closes', () => {
    const freeze = (...apps: string[]): Partial<Policy> => ({
      freezes: [{ ...(apps.length === 0 ? {} : { apps }), ...words }],
    });

    expect(lifted(freeze('web'), freeze())).toEqual([]);
    expect(lifted(freeze('web'), freeze('jobs', 'web'))).toEqual([]);
    expect(lifted(freeze(), freeze('web'))).toEqual(['freeze errors']);
    expect(lifted(freeze('web', 'jobs'), freeze('web'))).toEqual(['freeze errors']);
  });

  it('is not covered by a stop of another kind, app, release or image', () => {
    expect(lifted({ holds: [hold] }, { freezes: [{ ...words }] })).toEqual(['hold errors']);
    expect(lifted({ holds: [hold] }, { holds: [{ ...hold, app: 'jobs' }] })).toEqual(['hold errors']);
    expect(lifted({ quarantines: [release] }, { quarantines: [{ ...release, release: 'ba9876543210' }] })).toEqual([
      'quarantine errors',
    ]);
  });
});

describe('lifting a stop in production', () => {
  const before = policy({ holds: [{ app: 'web', ...words }] });
  const lifting = { environment: production, before, after: noPolicy, now };
  const approvedBy = (...people: string[]): Policy => {
    let approved: Policy = before;
    for (const by of people) approved = approveLifting({ ...lifting, before: approved }, by, words.at) ?? approved;
    return approved;
  };
  const problems = (approved: Policy, by: string): string[] =>
    liftingProblems({ ...lifting, before: approved, by: [by] });

  it('waits for as many others as approve promotions there', () => {
    expect(problems(before, words.by)).toEqual([
      'lifting the hold on web in prod waits for approvals, 0 of 2: approved by nobody',
    ]);
    expect(problems(approvedBy(bob), words.by)).toEqual([
      `lifting the hold on web in prod waits for approvals, 1 of 2: approved by ${bob}`,
    ]);
    expect(problems(approvedBy(bob, cleo), words.by)).toEqual([]);
    expect(problems(approvedBy(bob, cleo), cleo)).toHaveLength(1);
    expect(problems(approvedBy(bob, 'Robert <BOB@example.invalid>'), words.by)).toHaveLength(1);
    expect(problems(approvedBy(bob, 'a[bot] <a[bot]@users.noreply.github.com>'), words.by)).toHaveLength(1);
  });

  it('waits for nobody elsewhere, and where nobody approves promotions either', () => {
    const elsewhere = { ...production, production: false };

    expect(liftingProblems({ ...lifting, environment: elsewhere, by: [words.by] })).toEqual([]);
    expect(liftingProblems({ ...lifting, environment: prod, by: [words.by] })).toEqual([]);
    expect(approveLifting({ ...lifting, environment: elsewhere }, bob, words.at)).toBeUndefined();
  });

  it('counts no approval of another stop, however little that differs', () => {
    const other = { app: 'web', ...words, at: '2030-01-01T00:00:01.000Z' };
    const again = { ...approvedBy(bob, cleo), holds: [other] };

    expect(problems(again, words.by)).toHaveLength(1);
    const staging = { ...production, name: 'other' };
    expect(
      liftingProblems({ ...lifting, environment: staging, before: approvedBy(bob, cleo), by: [words.by] }),
    ).toHaveLength(1);
  });

  it('needs approvals of each of several stops that go together', () => {
    const second = { app: 'web', ...words, reason: 'more errors' };
    const approved = approvedBy(bob, cleo);

    expect(problems({ ...approved, holds: [...approved.holds, second] }, words.by)).toHaveLength(1);
  });

  it('uses approvals up, and says to whom what to run where they are missing', () => {
    const done = settleLifting(
      { ...lifting, before: approvedBy(bob, cleo), after: { ...approvedBy(bob, cleo), holds: [] }, by: [words.by] },
      'x',
    );

    expect(done).toEqual(noPolicy);
    expect(() => settleLifting({ ...lifting, by: [words.by] }, 'hold web --env prod --lift')).toThrow(UserError);
    expect(approveLifting({ ...lifting, before: approvedBy(bob) }, bob, words.at)).toBeUndefined();
  });

  it('needs approvals exactly where something opens sooner, in whatever way the stops are rewritten', () => {
    const until = fc.option(fc.constantFrom(past, soon, later), { nil: undefined });
    const hold = fc.record({ app: fc.constantFrom('web', 'jobs'), until });
    const holds = fc
      .array(hold, { maxLength: 4 })
      .map((all) => all.map(({ app, until }) => ({ app, ...words, ...(until === undefined ? {} : { until }) })));
    const heldUntil = (from: Policy, app: string): number =>
      Math.max(
        0,
        ...from.holds
          .filter((each) => each.app === app)
          .map((each) => (each.until === undefined ? Infinity : Date.parse(each.until))),
      );
    fc.assert(
      fc.property(holds, holds, (was, becomes) => {
        const [old, next] = [policy({ holds: was }), policy({ holds: becomes })];
        const opens = ['web', 'jobs'].some(
          (app) => heldUntil(old, app) > Math.max(now.getTime(), heldUntil(next, app)),
        );
        expect(liftingProblems({ ...lifting, before: old, after: next, by: [] }).length > 0).toBe(opens);
      }),
    );
  });
});
