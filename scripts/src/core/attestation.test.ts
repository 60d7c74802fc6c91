import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigstore } from '../../test/sigstore.ts';
import { bundleDigests, readTrustedRoots, splitBundles, verifyBundle } from './attestation.ts';
import { UserError } from './errors.ts';
import type { Provenance } from './provenance.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const sigstore = await createSigstore();
const roots = readTrustedRoots(sigstore.trustedRoot, 'the root of the test');
const valid = await sigstore.attest({ digests: [digest], revision: 'b'.repeat(40) });
const said = verifyBundle(valid, roots);

/** What a text is taken to say; undefined where it is refused, and nothing else can happen. */
function read(text: string): Provenance | undefined {
  try {
    return verifyBundle(text, roots);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function flip(bytes: Buffer, at: number, bit: number): Buffer {
  const flipped = Buffer.from(bytes);
  flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
  return flipped;
}

interface Parts {
  dsseEnvelope: { payload: string; signatures: { sig: string }[] };
  verificationMaterial: { certificate: { rawBytes: string }; tlogEntries: { canonicalizedBody: string }[] };
}

/** Parts of a bundle that are signed to the last bit, each with how to put other bytes in its place. */
const parts: [name: string, bytes: (parts: Parts) => string, put: (parts: Parts, text: string) => void][] = [
  ['statement', (all) => all.dsseEnvelope.payload, (all, text) => Object.assign(all.dsseEnvelope, { payload: text })],
  [
    'signature',
    (all) => all.dsseEnvelope.signatures[0]?.sig ?? '',
    (all, text) => Object.assign(all.dsseEnvelope, { signatures: [{ sig: text }] }),
  ],
  [
    'log entry',
    (all) => all.verificationMaterial.tlogEntries[0]?.canonicalizedBody ?? '',
    (all, text) => Object.assign(all.verificationMaterial.tlogEntries[0] ?? {}, { canonicalizedBody: text }),
  ],
];

describe('verifyBundle', () => {
  it('refuses a bundle whose statement was changed after it was signed', () => {
    const bundle = JSON.parse(valid) as Parts;
    const statement = Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString();
    const other = statement.replace('a'.repeat(64), 'c'.repeat(64));
    bundle.dsseEnvelope.payload = Buffer.from(other).toString('base64');

    expect(() => verifyBundle(JSON.stringify(bundle), roots)).toThrow(
      'its signature does not hold: DSSE payload hash mismatch',
    );
    expect(bundleDigests(JSON.stringify(bundle))).toEqual([`sha256:${'c'.repeat(64)}`]);
  });

  it('refuses a bundle that no log has', () => {
    const bundle = JSON.parse(valid) as { verificationMaterial: { tlogEntries: unknown[] } };
    bundle.verificationMaterial.tlogEntries = [];

    expect(() => verifyBundle(JSON.stringify(bundle), roots)).toThrow(
      'its signature does not hold: expected 1 timestamps',
    );
  });

  it.each(parts)('refuses every bundle with one bit of its %s flipped', (_, bytes, put) => {
    const whole = Buffer.from(bytes(JSON.parse(valid) as Parts), 'base64');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        const bundle = JSON.parse(valid) as Parts;
        put(bundle, flip(whole, at, bit).toString('base64'));
        expect(read(JSON.stringify(bundle))).toBeUndefined();
      }),
      { numRuns: 100 },
    );
  });

  it('takes no flipped bit of the certificate, whose frame nobody signs, for another signer', () => {
    const bundle = JSON.parse(valid) as Parts;
    const whole = Buffer.from(bundle.verificationMaterial.certificate.rawBytes, 'base64');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        bundle.verificationMaterial.certificate.rawBytes = flip(whole, at, bit).toString('base64');
        expect([undefined, said]).toContainEqual(read(JSON.stringify(bundle)));
      }),
      { numRuns: 150 },
    );
  });

  it('takes no flipped bit anywhere in the file for anything else than what was signed', () => {
    const whole = Buffer.from(valid);
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        expect([undefined, said]).toContainEqual(read(flip(whole, at, bit).toString('utf8')));
      }),
      { numRuns: 150 },
    );
  });

  it('fails in no other way whatever it is given', () => {
    fc.assert(fc.property(fc.json(), (text) => read(text) === undefined));
  });
});

describe('splitBundles', () => {
  it('reads one bundle, however it is written, and one a line, to the same text', () => {
    const spread = JSON.stringify(JSON.parse(valid), null, 2);

    expect(splitBundles(spread, 'x')).toEqual([`${valid}\n`]);
    expect(splitBundles(`${valid}\n${valid}\n`, 'x')).toEqual([`${valid}\n`, `${valid}\n`]);
  });

  it('names the file that is not JSON', () => {
    expect(() => splitBundles('{', 'bundle.json')).toThrow('bundle.json is not JSON');
  });
});

describe('readTrustedRoots', () => {
  it('refuses a file that names no certificate authority', () => {
    expect(() => readTrustedRoots('{}', 'roots.json')).toThrow('roots.json');
    expect(() => readTrustedRoots('not JSON', 'roots.json')).toThrow('roots.json is not JSON');
  });
});
