import { describe, expect, it } from 'vitest';
import { releaseOf } from '../../test/release.ts';
import { releaseId } from './inputs.ts';
import { noPolicy, type Policy } from './policy.ts';
import type { DeliveryRecord } from './record.ts';
import type { ReleaseFile } from './release-file.ts';
import { chooseState, isImageOf, withImageOf, type PastState } from './rollback.ts';

const now = new Date('2030-01-02T00:00:00Z');

/** A state whose commit, release and bytes are told apart by one letter. */
function state(letter: string, bytes = letter): PastState {
  return { commit: letter, release: { ...releaseOf(letter), intent: letter.repeat(16) }, text: bytes };
}

function record(landing: string, outcome: DeliveryRecord['outcome']['state'] = 'verified'): DeliveryRecord {
  return { app: 'web', environment: 'prod', landing, outcome: { state: outcome, reason: '' } } as DeliveryRecord;
}

function choose(history: PastState[], records: DeliveryRecord[], to = 'previous', policy: Policy = noPolicy): string {
  return chooseState({ app: 'web', environment: 'prod', to, history, records, policy, now }).commit;
}

describe('chooseState', () => {
  it('goes back to the newest state before that was verified', () => {
    expect(choose([state('c'), state('b'), state('a')], [record('a'), record('b')])).toBe('b');
  });

  it('passes over a state that failed, and one in another environment', () => {
    const elsewhere = { ...record('b'), environment: 'staging' };

    expect(choose([state('c'), state('b'), state('a')], [record('a'), record('b', 'failed'), elsewhere])).toBe('a');
  });

  it('passes over what has the same bytes as what runs', () => {
    const records = [record('a'), record('b'), record('d', 'failed')];

    expect(choose([state('d', 'b'), state('c'), state('b'), state('a')], records)).toBe('a');
  });

  it('never brings back what was rolled back from, however often it is asked', () => {
    const all = [record('a'), record('b'), record('c'), record('d')];

    expect(choose([state('d', 'b'), state('c'), state('b'), state('a')], all)).toBe('a');
  });

  it('goes no further back while nobody knows yet how a rollback ends, unless a release is named', () => {
    const history = [state('d', 'b'), state('c'), state('b'), state('a')];
    const records = [record('a'), record('b'), record('c', 'failed')];
    const refusal = `web is being rolled back already in prod, to ${'d'.repeat(12)}-1`;

    expect(() => choose(history, records)).toThrow(refusal);
    expect(() => choose(history, [...records, record('d', 'unknown')])).toThrow(refusal);
    expect(choose(history, records, 'a'.repeat(12))).toBe('a');
    expect(choose(history, [...records, record('d', 'timed-out')])).toBe('a');
  });

  it('knows a state that a rollback brought back by the bytes that were verified', () => {
    expect(choose([state('d'), state('c', 'a'), state('b'), state('a')], [record('a')])).toBe('c');
  });

  it('passes over what is in quarantine', () => {
    const words = { reason: 'bad', by: 'Ann', at: '2030-01-01T00:00:00Z' };
    const policy: Policy = { ...noPolicy, quarantines: [{ app: 'web', release: 'b'.repeat(12), ...words }] };

    expect(choose([state('c'), state('b'), state('a')], [record('a'), record('b')], 'previous', policy)).toBe('a');
  });

  it('goes back to the newest verified state of all where the app is retired', () => {
    const facts = { app: 'web', environment: 'prod', to: 'previous', policy: noPolicy, now };
    const history = [state('b'), state('a')];
    const records = [record('a'), record('b')];

    expect(chooseState({ ...facts, history, records, retired: true }).commit).toBe('b');
    expect(chooseState({ ...facts, history, records, retired: true, to: 'b'.repeat(12) }).commit).toBe('b');
    expect(chooseState({ ...facts, history, records }).commit).toBe('a');
  });

  it('goes back to the newest verified state with another image where only that is asked for', () => {
    const facts = { app: 'web', environment: 'prod', to: 'previous', policy: noPolicy, now, imageOnly: true };
    const same = { ...state('c').release, digest: state('b').release.digest };
    const history = [{ ...state('c'), release: same }, state('b'), state('a')];
    const records = [record('a'), record('b')];

    expect(chooseState({ ...facts, history, records }).commit).toBe('a');
    expect(chooseState({ ...facts, history, records, imageOnly: false }).commit).toBe('b');
    expect(() => chooseState({ ...facts, history, records, to: 'b'.repeat(12) })).toThrow('runs the image of b');
    expect(() => chooseState({ ...facts, history, records: [record('b')] })).toThrow(
      'has no earlier verified state with another image in prod',
    );
  });

  describe('where the image of an earlier state was brought back alone', () => {
    const [c, b, a] = [state('c'), state('b'), state('a')];
    const release = { ...withImageOf(c.release, b), intent: 'd'.repeat(16), renderer: 'another' };
    const facts = { app: 'web', environment: 'prod', to: 'previous', policy: noPolicy, now };
    const history = [{ ...state('d'), release }, c, b, a];
    const records = [record('a'), record('b'), record('c')];

    it.each(['superseded', 'unknown', 'timed-out', 'aborted'] as const)(
      'does not go back to what was left, from what landed after that was %s either',
      (outcome) => {
        const known = [...records, record('d', outcome), record('e', 'failed')];

        expect(chooseState({ ...facts, history: [state('e'), ...history], records: known }).commit).toBe('b');
      },
    );

    it('goes no further back while nobody knows yet how that ends', () => {
      for (const imageOnly of [true, false]) {
        expect(() => chooseState({ ...facts, history, records, imageOnly })).toThrow(
          'web is being rolled back already',
        );
      }
    });

    it('goes back to that state whole afterwards, not to the one that was left, or to one before with another image', () => {
      const known = [...records, record('d', 'failed')];

      expect(chooseState({ ...facts, history, records: known }).commit).toBe('b');
      expect(chooseState({ ...facts, history, records: known, imageOnly: true }).commit).toBe('a');
    });
  });

  it('finds a release by its id or its tag', () => {
    const history = [state('c'), state('b'), state('a')];

    expect(choose(history, [record('a'), record('b')], 'a'.repeat(12))).toBe('a');
    expect(choose(history, [record('a'), record('b')], `${'a'.repeat(12)}-1`)).toBe('a');
  });

  it.each([
    ['nothing was verified', [state('b'), state('a')], [], 'previous', 'no earlier verified state in prod'],
    ['the release never was', [state('b'), state('a')], [], 'a'.repeat(12), 'was never verified in prod'],
    ['the release runs', [state('a')], [record('a')], 'a'.repeat(12), 'already runs'],
    ['nobody knows the release', [state('a')], [], 'aaaaaaaaaaaa-2', 'did you mean "aaaaaaaaaaaa-1"?'],
    ['the app was never there', [], [], 'previous', 'has never had a release in prod'],
  ])('refuses where %s', (_, history, records, to, message) => {
    expect(() => choose(history, records, to)).toThrow(message);
  });
});

describe('isImageOf', () => {
  const full = (letter: string): ReleaseFile => ({
    ...releaseOf(letter, { release: releaseId(`sha256:${letter.repeat(64)}`, letter.repeat(16)) }),
    intent: letter.repeat(16),
  });
  const [running, other] = [full('b'), full('c')];
  const earlier: PastState = { commit: 'a', release: full('a'), text: 'a' };
  const next: ReleaseFile = { ...withImageOf(running, earlier), intent: 'd'.repeat(16) };

  it('is true for what runs with the image of the earlier release', () => {
    expect(isImageOf(next, running, earlier)).toBe(true);
    expect(next).toMatchObject({ manifestRevision: running.manifestRevision, imageRevision: 'a'.repeat(40) });
    expect(next.release).toBe(releaseId(earlier.release.digest, running.inputs.manifests));
  });

  it('is false where anything else differs, or nothing does', () => {
    const kept = new Set(['intent', 'renderer']);
    for (const [key, value] of Object.entries(other)) {
      if (kept.has(key) || value === next[key as keyof ReleaseFile]) continue;
      expect(isImageOf({ ...next, [key]: value }, running, earlier), key).toBe(false);
    }
    expect(isImageOf(running, running, { ...earlier, release: running })).toBe(false);
  });
});
