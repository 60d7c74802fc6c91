import type { ReleaseFile } from '../src/core/release-file.ts';

/** A release of web in production whose every id, hash and revision is of one hex digit, but for what is said otherwise. */
export function releaseOf(digit: string, own: Partial<Omit<ReleaseFile, 'intent'>> = {}): Omit<ReleaseFile, 'intent'> {
  return {
    app: 'web',
    environment: 'prod',
    cluster: 'prod',
    namespace: 'web-prod',
    strategy: 'rolling',
    release: digit.repeat(12),
    image: 'registry.invalid/acme/web',
    tag: `${digit.repeat(12)}-1`,
    digest: `sha256:${digit.repeat(64)}`,
    imageRevision: digit.repeat(40),
    manifestRevision: digit.repeat(40),
    overlayRevision: digit.repeat(40),
    inputs: { image: digit.repeat(16), manifests: digit.repeat(16), overlay: digit.repeat(16) },
    renderer: 'kustomize v5.8.1',
    ...own,
  };
}
