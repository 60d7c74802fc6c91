import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commitMessage, type Change, type Plan } from './plan.ts';
import { approvalSubject } from './approval.ts';
import {
  isProposable,
  isProposalBranch,
  isSameProposal,
  proposalBranch,
  proposalTitle,
  readIntent,
  reviewsOf,
  type Proposal,
} from './proposal.ts';
import { proposalBody } from './proposal-body.ts';
import type { ReleaseFile } from './release-file.ts';

const commit = 'c'.repeat(40);

function change(app: string, manifests = '', verdicts: Change['verdicts'] = []): Change {
  const release = { app, release: '0123456789ab', tag: 'aaaaaaaaaaaa-1', overlayRevision: 'b'.repeat(40) };
  return { app, release: release as ReleaseFile, previous: undefined, manifests, verdicts, reason: 'image changed' };
}

function plan(changes: Change[], more: Partial<Plan> = {}): Plan {
  const by = 'ann <ann@users.noreply.github.com>';
  return {
    verb: 'promotion',
    environment: 'prod',
    head: 'a'.repeat(40),
    configuredBy: 'd'.repeat(40),
    by,
    changes,
    ...more,
  };
}

describe('proposalBranch', () => {
  it('is named after what is promoted where, whichever release it is', () => {
    expect(proposalBranch(plan([change('web'), change('jobs')]))).toBe('promote/prod/jobs+web');
    expect(proposalBranch(plan([change('web')], { verb: 'reconfiguration' }))).toBe('reconfigure/prod/web');
  });

  it('is a ref that Git takes, short, and another for other apps, however many there are', () => {
    const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/);
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(names, name, (apps, other) => {
        const branch = proposalBranch(plan(apps.map((app) => change(app))));
        expect(branch).toMatch(/^promote\/prod\/[a-z0-9]([-a-z0-9+]*[a-z0-9])?$/);
        expect(branch.length).toBeLessThan(150);
        expect(branch).toBe(proposalBranch(plan(apps.toReversed().map((app) => change(app)))));
        fc.pre(!apps.includes(other));
        expect(branch).not.toBe(proposalBranch(plan([...apps, other].map((app) => change(app)))));
      }),
    );
  });

  it('is told from the branches of people and of other environments', () => {
    expect(isProposalBranch('promote/prod/web', 'prod')).toBe(true);
    expect(isProposalBranch('promote/prod-eu/web', 'prod')).toBe(false);
    expect(isProposalBranch('feature/prod/web', 'prod')).toBe(false);
  });
});

describe('a proposal', () => {
  it('says in its commit who asked for what, and is read back from it', () => {
    const allowed = ['deletion'] as const;
    const message = commitMessage(plan([change('web')], { allowed }));
    expect(readIntent(message)).toEqual({
      verb: 'promotion',
      by: 'ann <ann@users.noreply.github.com>',
      allowed: ['deletion'],
      overridden: [],
      why: undefined,
      intent: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it('says which gates are passed over and why, and a review is of that as well', () => {
    const said = { verb: 'override', overridden: ['soak'], why: 'fixes it' } as const;
    const asked = readIntent(commitMessage(plan([change('web', 'a')], said)));
    expect(asked).toMatchObject(said);
    const proposed = { environment: 'prod', ...asked, changes: [change('web', 'a')] } as unknown as Proposal;
    const subject = approvalSubject('web', 'prod', '0123456789ab', 'a', ['soak']);
    expect(reviewsOf(proposed, 'bob <b>', '')[0]?.subject).toBe(subject);
    expect(isSameProposal(proposed, plan([change('web', 'a')], said))).toBe(true);
    expect(isSameProposal(proposed, plan([change('web', 'a')], { ...said, overridden: ['hold'] }))).toBe(false);
  });

  it.each([
    'Change',
    'Promote web\n\nVerb: promotion\nIntent: 0123456789abcdef',
    'x\n\nVerb: rollback\nIntent: 01\nBy: a <b>',
  ])('is not what another commit is: %j', (message) => {
    expect(readIntent(message)).toBeUndefined();
  });

  it('is the same as long as releases and bytes are, whatever was edited meanwhile that changes neither', () => {
    const proposed = {
      verb: 'promotion',
      allowed: [],
      overridden: [],
      changes: [change('web', 'a')],
    } as unknown as Proposal;
    const moved = change('web', 'a');
    moved.release = { ...moved.release, overlayRevision: 'e'.repeat(40) };

    expect(isSameProposal(proposed, plan([moved]))).toBe(true);
    expect(isSameProposal(proposed, plan([change('web', 'b')]))).toBe(false);
    expect(isSameProposal(proposed, plan([moved, change('jobs', 'a')]))).toBe(false);
    expect(isSameProposal(proposed, plan([moved], { allowed: ['downgrade'] }))).toBe(false);
    expect(isSameProposal(proposed, plan([moved], { verb: 'reconfiguration' }))).toBe(false);
  });

  it('binds what a review says to each app, its release and its bytes', () => {
    const proposed = { environment: 'prod', overridden: [], changes: [change('web', 'a')] } as unknown as Proposal;
    expect(reviewsOf(proposed, 'bob <b>', '2030-01-01T00:00:00Z')).toEqual([
      {
        app: 'web',
        subject: approvalSubject('web', 'prod', '0123456789ab', 'a'),
        by: 'bob <b>',
        at: '2030-01-01T00:00:00Z',
      },
    ]);
  });

  it('can be made of what waits for people, not of rollbacks and deliveries', () => {
    expect(
      (['promotion', 'override', 'reconfiguration', 'rollback', 'delivery'] as const).map((verb) =>
        isProposable({ verb }),
      ),
    ).toEqual([true, true, true, false, false]);
  });
});

describe('the text of a proposal', () => {
  const waits: Change['verdicts'] = [
    { gate: 'verified', state: 'pass', evidence: 'verified in staging' },
    { gate: 'hold', state: 'pending', evidence: 'held by `Eve`: a|b\n@acme/all <script>' },
  ];
  const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: value}\n';

  it('says what, for whom, what the gates say, what changes and how to undo it', () => {
    const body = proposalBody(plan([change('web', config, waits)]), commit, new Map());
    for (const part of [
      'Promote web to prod, asked for by `ann <ann@users.noreply.github.com>`.',
      '| web | nothing | aaaaaaaaaaaa-1 (0123456789ab) | `image changed` |',
      '| web | hold | pending | `held by Eve : a b @acme/all <script>` |',
      '| web | verified | pass | |',
      '`ConfigMap/a` added',
      'pnpm run rollback web --env prod',
      `Proposed as ${commit}.`,
    ]) {
      expect(body).toContain(part);
    }
  });

  it('is never longer than GitHub takes, and keeps what undoes it, for one app as for hundreds', () => {
    for (const [apps, lines] of [
      [1, 3000],
      [40, 100],
      [300, 10],
    ] as const) {
      const text = `${config}more:\n${Array.from({ length: lines }, (_, index) => `  k${index}: v${index}\n`).join('')}`;
      const changes = Array.from({ length: apps }, (_, index) => change(`application-${index}`, text, waits));
      const body = proposalBody(plan(changes), commit, new Map());
      expect(body.length).toBeLessThanOrEqual(65_536);
      expect(body).toContain('pnpm run rollback application-0 --env prod');
      expect(body.trimEnd().endsWith(`Proposed as ${commit}.`)).toBe(true);
      expect(proposalTitle(plan(changes)).length).toBeLessThanOrEqual(256);
    }
  });
});
