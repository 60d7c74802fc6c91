import { describe, expect, it } from 'vitest';
import { production, promotionFacts } from '../../../test/gate-facts.ts';
import { approvalSubject } from '../approval.ts';
import { noPolicy, type Policy } from '../policy.ts';
import { blocking, evaluateGates, neededFacts, whyFixed, type GateFacts, type Verdict } from './index.ts';

const words = { reason: 'errors', by: 'Ann <ann@example.invalid>', at: '2030-01-01T00:00:00.000Z' };
const until = '2030-01-03T00:00:00.000Z';

function verdict(gate: string, change: Partial<GateFacts>): Verdict | undefined {
  return evaluateGates({ ...promotionFacts, ...change }).find((each) => each.gate === gate);
}

function policy(change: Partial<Policy>): Policy {
  return { ...noPolicy, ...change };
}

describe('hold', () => {
  it('waits, with who, why and when it opens', () => {
    const held = policy({ holds: [{ app: 'web', ...words, until }] });

    expect(verdict('hold', { policy: held })).toMatchObject({
      state: 'pending',
      evidence: `held by ${words.by} at ${words.at}, until ${until}: errors`,
      opensAt: until,
    });
  });

  it('does not say when it opens where one of several has no end', () => {
    const held = policy({
      holds: [
        { app: 'web', ...words, until },
        { app: 'web', ...words },
      ],
    });

    expect(verdict('hold', { policy: held })).toMatchObject({ state: 'pending', opensAt: undefined });
  });

  it('passes for another app, and when it has ended', () => {
    expect(verdict('hold', { policy: policy({ holds: [{ app: 'jobs', ...words }] }) })?.state).toBe('pass');
    const ended = policy({ holds: [{ app: 'web', ...words, until: '2030-01-02T00:00:00.000Z' }] });
    expect(verdict('hold', { policy: ended })?.state).toBe('pass');
  });

  it('is asked about deliveries and retirements, and not about rollbacks', () => {
    expect(verdict('hold', { verb: 'delivery' })).toBeDefined();
    expect(verdict('hold', { verb: 'retirement' })).toBeDefined();
    expect(verdict('hold', { verb: 'rollback' })).toBeUndefined();
  });
});

describe('quarantine', () => {
  it('fails for whatever would bring it here, and does not keep it here', () => {
    expect(verdict('quarantine', { verb: 'retirement' })).toBeUndefined();
    const bad = policy({ quarantines: [{ app: 'web', release: '0123456789ab', ...words }] });

    for (const verb of ['delivery', 'promotion', 'rollback'] as const) {
      expect(verdict('quarantine', { policy: bad, verb })).toMatchObject({
        state: 'fail',
        evidence: expect.stringContaining('release 0123456789ab is in quarantine in prod'),
      });
    }
  });
});

describe('freeze', () => {
  it('waits for a freeze of everything or of this app, and not for one of another', () => {
    expect(verdict('freeze', { policy: policy({ freezes: [{ ...words, until }] }) })).toMatchObject({
      state: 'pending',
      opensAt: until,
    });
    expect(verdict('freeze', { policy: policy({ freezes: [{ apps: ['web'], ...words }] }) })?.state).toBe('pending');
    expect(verdict('freeze', { policy: policy({ freezes: [{ apps: ['jobs'], ...words }] }) })?.state).toBe('pass');
  });

  it('opens when the last of several ends, and is lifted for the apps that it names', () => {
    const several = policy({
      freezes: [
        { apps: ['web'], ...words, until: '2030-01-02T02:00:00.000Z' },
        { ...words, until },
      ],
    });

    expect(verdict('freeze', { policy: several })).toMatchObject({
      opensAt: until,
      next: 'pnpm run freeze web --env prod --lift --reason "..."',
    });
    expect(
      verdict('freeze', { policy: policy({ freezes: [{ ...words, until }, { ...words }] }) })?.opensAt,
    ).toBeUndefined();
  });

  it('waits for the end of a window of the configuration, and blocks where windows could not be read', () => {
    const windows = [{ cron: '0 16 * * FRI', for: '64h', zone: 'Europe/Berlin' }];
    const named = { ...production, gates: { freeze: { windows } } };

    expect(verdict('freeze', { environment: named, closed: { until, reason: 'weekend' } })).toMatchObject({
      state: 'pending',
      evidence: `prod is closed by a window until ${until}: weekend`,
      opensAt: until,
    });
    expect(verdict('freeze', { environment: named, closed: { until: undefined, reason: undefined } })?.state).toBe(
      'pass',
    );
    expect(verdict('freeze', { environment: named })?.state).toBe('unknown');
  });
});

describe('order', () => {
  it.each(['first', 'same', 'newer'] as const)('passes where the release is %s', (order) => {
    expect(verdict('order', { order })?.state).toBe('pass');
  });

  it.each(['older', 'apart'] as const)('fails where the release is %s, unless that is meant', (order) => {
    expect(verdict('order', { order })).toMatchObject({
      state: 'fail',
      next: 'add --allow-downgrade if that is meant',
    });
    expect(verdict('order', { order, allowed: new Set(['downgrade'] as const) })?.state).toBe('pass');
  });
});

describe('digest', () => {
  const named = { ...production, gates: { digest: {} } };

  it('passes where the tag still means the image', () => {
    expect(verdict('digest', { environment: named, registry: { state: 'same' } })?.state).toBe('pass');
  });

  it('fails where the image is gone or the tag has moved, with both digests', () => {
    const other = `sha256:${'b'.repeat(64)}`;

    expect(verdict('digest', { environment: named, registry: { state: 'gone' } })?.state).toBe('fail');
    expect(verdict('digest', { environment: named, registry: { state: 'moved', digest: other } })).toMatchObject({
      state: 'fail',
      evidence: expect.stringMatching(/means sha256:bbbb.*verified with sha256:aaaa/),
    });
  });

  it('is unknown where the registry does not answer', () => {
    const registry = { state: 'unknown', reason: 'ECONNREFUSED' } as const;

    expect(verdict('digest', { environment: named, registry })).toMatchObject({
      state: 'unknown',
      evidence: 'the registry could not be asked: ECONNREFUSED',
    });
  });

  it('is not asked where the environment does not name it', () => {
    expect(verdict('digest', { registry: { state: 'gone' } })).toBeUndefined();
  });
});

describe('provenance', () => {
  const policy = { repository: 'acme/shop', workflow: 'w', ref: 'refs/heads/main', issuer: 'i' };
  const named = { ...production, gates: { provenance: policy } };

  it('passes where an attestation says where the image comes from', () => {
    expect(verdict('provenance', { environment: named, provenance: { state: 'proven', by: 'it' } })).toEqual({
      gate: 'provenance',
      state: 'pass',
      evidence: 'aaaaaaaaaaaa-1 (sha256:aaaaaaaaaaaa) was built by it',
    });
  });

  it('fails where there is none, and where none counts, with every reason', () => {
    const refused = { state: 'refused', reasons: ['one', 'two'] } as const;

    expect(verdict('provenance', { environment: named, provenance: { state: 'missing' } })).toMatchObject({
      state: 'fail',
      evidence: 'no attestation of aaaaaaaaaaaa-1 (sha256:aaaaaaaaaaaa) is stored',
    });
    expect(verdict('provenance', { environment: named, provenance: refused })).toMatchObject({
      state: 'fail',
      evidence: expect.stringMatching(/counts: one; two$/),
    });
  });

  it('is unknown where nobody could look', () => {
    expect(verdict('provenance', { environment: named })?.state).toBe('unknown');
    expect(verdict('provenance', { environment: named, provenance: { state: 'unknown', reason: 'r' } })?.state).toBe(
      'unknown',
    );
  });

  it('is asked about promotions to environments that name it', () => {
    expect(verdict('provenance', {})).toBeUndefined();
    expect(verdict('provenance', { environment: named, verb: 'reconfiguration' })).toBeUndefined();
    expect([...neededFacts('promotion', named)]).toContain('provenance');
    expect([...neededFacts('rollback', named)]).not.toContain('provenance');
  });
});

describe('deletion', () => {
  const claim = 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n';
  const map = (name: string): string => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
  const few = [map('a'), map('b'), map('c'), map('d')].join('');

  it('fails where data would go, and where much would at once, unless that is meant', () => {
    const grave = { before: claim + few, after: few };
    const many = { before: few, after: map('a') };

    expect(verdict('deletion', { manifests: grave })).toMatchObject({
      state: 'fail',
      evidence: 'removes PersistentVolumeClaim/data',
    });
    expect(verdict('deletion', { manifests: many })).toMatchObject({
      state: 'fail',
      evidence: 'removes 3 of 4 objects: ConfigMap/b, ConfigMap/c, ConfigMap/d',
    });
    expect(verdict('deletion', { manifests: many, allowed: new Set(['deletion'] as const) })?.state).toBe('pass');
  });

  it('passes where one of several goes, and for a first release', () => {
    expect(verdict('deletion', { manifests: { before: few, after: few.replace(map('d'), '') } })?.state).toBe('pass');
    expect(verdict('deletion', { manifests: { before: undefined, after: few } })?.state).toBe('pass');
  });

  it('lets a retirement remove everything, but not data without a word', () => {
    const retirement = (before: string, ...allowed: 'deletion'[]): Verdict | undefined =>
      verdict('deletion', { verb: 'retirement', manifests: { before, after: '' }, allowed: new Set(allowed) });

    expect(retirement(few)?.state).toBe('pass');
    expect(retirement(claim + few)).toMatchObject({
      state: 'fail',
      evidence: 'removes PersistentVolumeClaim/data',
      next: 'add --delete-data if what they keep may be lost',
    });
    expect(retirement(claim + few, 'deletion')?.state).toBe('pass');
  });

  it('is asked about deliveries, and lists what a rendering that came out empty would remove', () => {
    const empty = { before: few, after: '' };

    expect(verdict('deletion', { verb: 'delivery', manifests: empty })).toMatchObject({
      state: 'fail',
      evidence: 'removes 4 of 4 objects: ConfigMap/a, ConfigMap/b, ConfigMap/c, ConfigMap/d',
      next: expect.stringContaining('pnpm run deliver --allow-deletion web'),
    });
    expect(verdict('deletion', { verb: 'delivery', manifests: { before: few, after: few } })?.state).toBe('pass');
  });

  it('names some of very many objects, and says how many more there are', () => {
    const names = Array.from({ length: 25 }, (_, index) => map(`c${index + 10}`)).join('');
    const found = verdict('deletion', { manifests: { before: names, after: '' } });

    expect(found?.evidence).toMatch(/^removes 25 of 25 objects: ConfigMap\/c10, .*ConfigMap\/c29 and 5 more$/);
  });

  it('is not asked about rollbacks', () => {
    expect(verdict('deletion', { verb: 'rollback' })).toBeUndefined();
  });
});

describe('approvals', () => {
  const named = { ...production, gates: { approvals: { count: 2 } } };
  const rendered = (name: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;
  const manifests = { before: undefined, after: rendered('one') };
  const subject = approvalSubject('web', 'prod', '0123456789ab', manifests.after);
  const { at } = words;
  const approvedBy = (...people: string[]): Policy =>
    policy({ approvals: people.map((by) => ({ app: 'web', subject, by, at })) });

  it('waits for as many people as the environment asks for, each counted once', () => {
    const once = approvedBy('Ann <ann@example.invalid>', 'Ann <ann@example.invalid>');
    const twice = approvedBy('Ann <ann@example.invalid>', 'Cleo <cleo@example.invalid>');

    expect(verdict('approvals', { environment: named, manifests, policy: once })).toMatchObject({
      state: 'pending',
      evidence: '1 of 2: approved by Ann <ann@example.invalid>',
    });
    expect(verdict('approvals', { environment: named, manifests, policy: twice })?.state).toBe('pass');
  });

  it('does not count the person who asks, whatever name stands before the address', () => {
    const own = approvedBy('Ann <ann@example.invalid>', 'Robert <BOB@example.invalid>');

    expect(verdict('approvals', { environment: named, manifests, policy: own })).toMatchObject({
      state: 'pending',
      evidence: expect.stringContaining('Bob <bob@example.invalid> asked and does not count'),
    });
  });

  it('counts nothing that was given to other bytes, or to another release', () => {
    const people = approvedBy('Ann <ann@example.invalid>', 'Cleo <cleo@example.invalid>');
    const other = { before: undefined, after: rendered('other') };
    const release = { ...promotionFacts.release, release: 'ba9876543210' };

    expect(verdict('approvals', { environment: named, manifests: other, policy: people })?.state).toBe('pending');
    expect(verdict('approvals', { environment: named, manifests, release, policy: people })?.state).toBe('pending');
  });

  it('counts for an override only where it was given to one that passes over the same gates', () => {
    const given = (...gates: string[]): Policy => {
      const approved = approvalSubject('web', 'prod', '0123456789ab', manifests.after, gates);
      const people = ['Ann <ann@example.invalid>', 'Cleo <cleo@example.invalid>'];
      return policy({ approvals: people.map((by) => ({ app: 'web', subject: approved, by, at })) });
    };
    const state = (given: Policy, overridden: string[]): string | undefined =>
      verdict('approvals', { environment: named, manifests, policy: given, overridden: new Set(overridden) })?.state;

    expect(state(given('hold', 'verified'), ['verified', 'hold'])).toBe('pass');
    expect(state(given('hold'), ['verified', 'hold'])).toBe('pending');
    expect(state(given(), ['hold'])).toBe('pending');
    expect(state(given('hold'), [])).toBe('pending');
    const waits = verdict('approvals', { environment: named, manifests, overridden: new Set(['hold']) });
    expect(waits?.next).toContain('--override hold');
  });

  it('is not asked where nobody has to approve, nor about rollbacks', () => {
    expect(verdict('approvals', { manifests })).toBeUndefined();
    expect(verdict('approvals', { environment: named, manifests, verb: 'rollback' })).toBeUndefined();
  });
});

describe('an override', () => {
  const held = policy({ holds: [{ app: 'web', ...words }] });
  const overridden = (...names: string[]): ReadonlySet<string> => new Set(names);

  it('passes over the gates that it names, whose answers stay as they are, and over no other', () => {
    const manifests = { before: undefined, after: '' };
    const environment = { ...production, gates: { verified: {} } };
    const both = { environment, manifests, policy: held, verb: 'override' } as const;
    const blockers = (...names: string[]): string[] =>
      blocking(evaluateGates({ ...promotionFacts, ...both, overridden: overridden(...names) })).map(({ gate }) => gate);

    expect(blockers()).toEqual(['verified', 'hold']);
    expect(blockers('hold')).toEqual(['verified']);
    expect(blockers('hold', 'verified')).toEqual([]);
    expect(verdict('hold', { ...both, overridden: overridden('hold') })).toMatchObject({
      state: 'pending',
      overridden: true,
      next: undefined,
    });
    expect(verdict('order', { ...both, overridden: overridden('order') })?.overridden).toBeUndefined();
  });

  it('is asked whatever a promotion is asked', () => {
    const environment = { ...production, gates: { verified: {}, digest: {}, approvals: { count: 1 } } };
    const names = (verb: GateFacts['verb']): string[] =>
      evaluateGates({ ...promotionFacts, environment, verb }).map(({ gate }) => gate);

    expect(names('override')).toEqual(names('promotion'));
    expect(neededFacts('override', environment)).toEqual(neededFacts('promotion', environment));
  });

  it.each(['quarantine', 'digest', 'provenance', 'order', 'deletion', 'approvals'])(
    'never passes over %s in production',
    (gate) => {
      expect(whyFixed(gate, production)).toMatch(/\w/);
    },
  );

  it.each(['verified', 'soak', 'hold', 'freeze'])('may pass over %s in production', (gate) => {
    expect(whyFixed(gate, production)).toBeUndefined();
  });

  it('does not pass over what is fixed even where it is named', () => {
    const bad = policy({ quarantines: [{ app: 'web', release: '0123456789ab', ...words }] });

    expect(verdict('quarantine', { policy: bad, overridden: overridden('quarantine') })?.overridden).toBeUndefined();
  });

  it('may pass over approvals where nobody calls the environment production', () => {
    expect(whyFixed('approvals', { ...production, production: false })).toBeUndefined();
  });

  it('refuses a name that no gate has, with the nearest', () => {
    expect(() => whyFixed('verifed', production)).toThrow('unknown gate "verifed" (did you mean "verified"?)');
  });
});

describe('neededFacts', () => {
  it('names what costs time only for gates that are asked', () => {
    expect([...neededFacts('promotion', production)]).toEqual(['order']);
    expect([...neededFacts('promotion', { ...production, gates: { digest: {} } })]).toEqual(['order', 'registry']);
    expect([...neededFacts('rollback', production)]).toEqual([]);
  });
});
