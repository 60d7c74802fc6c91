import { describe, expect, it } from 'vitest';
import { createSigstore, type Claims } from '../../test/sigstore.ts';
import { readTrustedRoots, verifyBundle } from './attestation.ts';
import type { ProvenancePolicy } from './config-schema.ts';
import { UserError } from './errors.ts';
import { bundlePath, provenanceProblem } from './provenance.ts';

const release = { digest: `sha256:${'a'.repeat(64)}`, imageRevision: 'b'.repeat(40) };
const claims: Claims = { digests: [release.digest], revision: release.imageRevision };
const policy: ProvenancePolicy = {
  repository: 'acme/shop',
  workflow: '.github/workflows/deliver.yaml',
  ref: 'refs/heads/main',
  issuer: 'https://token.actions.githubusercontent.com',
};
const sigstore = await createSigstore();
const roots = readTrustedRoots(sigstore.trustedRoot, 'the root of the test');

/** What the gate would say of a bundle. */
function judge(bundle: string, asked = policy, trusted = roots): string {
  try {
    return provenanceProblem(verifyBundle(bundle, trusted), asked, release) ?? 'passes';
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

describe('an attestation', () => {
  it('counts where repository, workflow, ref, revision and digest are those that are asked for', async () => {
    expect(judge(await sigstore.attest(claims))).toBe('passes');
  });

  it('may be of several images at once', async () => {
    const other = `sha256:${'c'.repeat(64)}`;

    expect(judge(await sigstore.attest({ ...claims, digests: [other, release.digest] }))).toBe('passes');
    expect(judge(await sigstore.attest({ ...claims, digests: [other] }))).toContain(`it is of ${other}, not of`);
  });

  it.each<[string, Partial<Claims>, string]>([
    ['another repository', { repository: 'acme/other' }, 'it is of repository https://github.com/acme/other, asked is'],
    ['a fork with a longer name', { repository: 'acme/shop-2' }, 'it is of repository https://github.com/acme/shop-2,'],
    [
      'another workflow',
      { workflow: '.github/workflows/checks.yaml' },
      'it is of workflow https://github.com/acme/shop/.github/workflows/checks.yaml@refs/heads/main, asked is',
    ],
    ['another branch', { ref: 'refs/heads/topic' }, 'it is of ref refs/heads/topic, asked is refs/heads/main'],
    ['a pull request', { ref: 'refs/pull/7/merge' }, 'it is of ref refs/pull/7/merge, asked is refs/heads/main'],
    ['another revision', { revision: 'd'.repeat(40) }, `it is of revision ${'d'.repeat(40)}, asked is`],
    [
      'another issuer',
      { issuer: 'https://issuer.example' },
      'was issued on the word of https://issuer.example, asked is',
    ],
    [
      'another signer',
      { signer: 'https://github.com/acme/tools/.github/workflows/sign.yaml@refs/heads/main' },
      'it was signed by https://github.com/acme/tools/',
    ],
    [
      'another statement',
      { predicateType: 'https://spdx.dev/Document' },
      'it is no build provenance but https://spdx.dev',
    ],
  ])('of %s is refused, and says so', async (_, changed, reason) => {
    expect(judge(await sigstore.attest({ ...claims, ...changed }))).toContain(reason);
  });

  it('of another repository counts where the policy names that one', async () => {
    const other = await sigstore.attest({ ...claims, repository: 'acme/other' });

    expect(judge(other, { ...policy, repository: 'acme/other' })).toBe('passes');
    expect(judge(other, { ...policy, repository: 'https://github.com/acme/other' })).toBe('passes');
    expect(judge(other, { ...policy, repository: 'https://git.example/acme/other' })).toContain('it is of repository');
  });

  it('of another certificate authority is refused, unless its root is trusted as well', async () => {
    const stranger = await createSigstore();
    const bundle = await stranger.attest(claims);
    const both = readTrustedRoots(`${sigstore.trustedRoot}\n${stranger.trustedRoot}\n`, 'both');

    expect(judge(bundle)).toContain('its signature does not hold: Failed to verify certificate chain');
    expect(judge(bundle, policy, both)).toBe('passes');
  });

  it('of nobody that the public Sigstore knows is refused by its root, which needs no file', async () => {
    const shipped = readTrustedRoots(undefined, 'the public root');

    expect(shipped.flatMap((each) => each.certificateAuthorities).length).toBeGreaterThan(0);
    expect(judge(await sigstore.attest(claims), policy, shipped)).toContain('its signature does not hold');
  });

  it('stands in the folder of its image, under a name that its text gives', () => {
    expect(bundlePath(release.digest, 'text')).toMatch(
      new RegExp(`^provenance/sha256-${'a'.repeat(64)}/[0-9a-f]{16}\\.json$`),
    );
    expect(bundlePath(release.digest, 'text')).not.toBe(bundlePath(release.digest, 'other text'));
  });
});
