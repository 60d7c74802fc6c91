import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from './errors.ts';
import { formatPolicy, noPolicy, quarantineOf, quarantinesOn, readPolicy, stands, type Policy } from './policy.ts';

const words = { reason: 'errors', by: 'Ann <ann@example.invalid>', at: '2030-01-01T00:00:00.000Z' };
const digest = `sha256:${'a'.repeat(64)}`;
const now = new Date('2030-01-02T00:00:00Z');

/** Reads a file; what is wrong with it is a message, anything else is thrown. */
function read(text: string): string {
  try {
    readPolicy(new Map([['policy/quarantine.yaml', text]]), 'deploy/dev');
    return 'accepted';
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe('policy files', () => {
  it('read back exactly what was written', () => {
    const policy: Policy = {
      holds: [{ app: 'web', ...words, until: '2030-02-01T00:00:00.000Z' }],
      freezes: [{ ...words }, { apps: ['jobs'], ...words }],
      quarantines: [
        { app: 'web', release: '0123456789ab', ...words },
        { app: 'web', digest, ...words },
      ],
      approvals: [{ app: 'web', subject: '0123456789abcdef', by: words.by, at: words.at }],
      liftings: [{ what: 'hold on web', subject: '0123456789abcdef', by: words.by, at: words.at }],
    };

    expect(readPolicy(formatPolicy(policy), 'deploy/dev')).toEqual(policy);
  });

  it('keep any reason as it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (reason) => {
        const policy: Policy = { ...noPolicy, holds: [{ app: 'web', ...words, reason }] };
        expect(readPolicy(formatPolicy(policy), 'deploy/dev').holds[0]?.reason).toBe(reason);
      }),
    );
  });

  it('that are missing, empty or hold a comment alone stop nothing', () => {
    expect(readPolicy(new Map(), 'deploy/dev')).toEqual(noPolicy);
    expect(readPolicy(new Map([['policy/holds.yaml', '# Apps that stay here.\n']]), 'deploy/dev')).toEqual(noPolicy);
  });

  it.each([
    ['holds: [', 'is not valid YAML'],
    ['holds: [{app: web}]', 'deploy/dev:policy/holds.yaml: holds.0.reason'],
    ['hold: []', 'deploy/dev:policy/holds.yaml'],
  ])('that cannot be read are an error with file and key: %s', (text, message) => {
    expect(() => readPolicy(new Map([['policy/holds.yaml', text]]), 'deploy/dev')).toThrow(message);
  });

  it('close no environment for a list of no apps, which would look like a freeze of all', () => {
    const text = `freezes: [{apps: [], reason: a, by: b, at: "${words.at}"}]`;

    expect(() => readPolicy(new Map([['policy/freeze.yaml', text]]), 'deploy/dev')).toThrow(
      'deploy/dev:policy/freeze.yaml: freezes.0.apps is empty',
    );
  });

  it('never fail in another way', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        read(text);
      }),
    );
  });
});

it('a quarantine of an image concerns every app that has it, one of a release the app that it names', () => {
  const policy: Policy = {
    ...noPolicy,
    quarantines: [
      { app: 'web', digest, ...words },
      { app: 'web', release: '0123456789ab', ...words },
    ],
  };

  expect(quarantinesOn(policy, 'jobs', [undefined, { digest }], now)).toEqual([policy.quarantines[0]]);
  expect(quarantinesOn(policy, 'jobs', [{ digest: `sha256:${'b'.repeat(64)}` }], now)).toEqual([]);
  expect(quarantinesOn(policy, 'web', [], now)).toEqual(policy.quarantines);
});

describe('a stop', () => {
  it('stands until its time, and without one until it is lifted', () => {
    expect(stands({}, now)).toBe(true);
    expect(stands({ until: '2030-01-02T00:00:00.001Z' }, now)).toBe(true);
    expect(stands({ until: '2030-01-02T00:00:00.000Z' }, now)).toBe(false);
  });
});

describe('a quarantine', () => {
  const release = { release: '0123456789ab', digest };

  it('covers one release, or with a digest every release with that image, of whichever app', () => {
    const byRelease: Policy = { ...noPolicy, quarantines: [{ app: 'web', release: '0123456789ab', ...words }] };
    const byDigest: Policy = { ...noPolicy, quarantines: [{ app: 'web', digest, ...words }] };

    expect(quarantineOf(byRelease, 'web', release, now)).toBeDefined();
    expect(quarantineOf(byRelease, 'web', { ...release, release: 'ba9876543210' }, now)).toBeUndefined();
    expect(quarantineOf(byDigest, 'web', { ...release, release: 'ba9876543210' }, now)).toBeDefined();
    expect(quarantineOf(byDigest, 'jobs', release, now)).toBeDefined();
    expect(quarantineOf(byRelease, 'jobs', release, now)).toBeUndefined();
    expect(quarantineOf(byDigest, 'web', { ...release, digest: digest.replace(/.$/, 'f') }, now)).toBeUndefined();
  });
});
