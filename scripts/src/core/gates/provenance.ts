import type { Gate } from './gate.ts';

/** An attestation that is stored says that the image was built by the workflow that the environment names, from the release's revision. */
export const provenance: Gate = {
  name: 'provenance',
  kind: 'proposing',
  fixed: () => 'an image of unknown origin is what it is there to keep out, whoever is in a hurry',
  needs: () => ['provenance'],
  asked: (verb, environment) => verb === 'promotion' && environment.gates.provenance !== undefined,
  evaluate({ release, provenance: found }) {
    const image = `${release.tag} (${release.digest.slice(0, 19)})`;
    const next =
      'let the workflow that builds the image attest it, or store what it has: pnpm run attest --bundle <file>';
    switch (found?.state) {
      case 'proven':
        return { gate: 'provenance', state: 'pass', evidence: `${image} was built by ${found.by}` };
      case 'missing':
        return { gate: 'provenance', state: 'fail', evidence: `no attestation of ${image} is stored`, next };
      case 'refused':
        return {
          gate: 'provenance',
          state: 'fail',
          evidence: `no attestation of ${image} counts: ${found.reasons.join('; ')}`,
          next,
        };
      case 'unknown':
      case undefined:
      default:
        return {
          gate: 'provenance',
          state: 'unknown',
          evidence: `attestations could not be verified: ${found?.reason ?? 'nobody looked for any'}`,
          next: 'mend gates.provenance of this environment in gitops.config.yaml',
        };
    }
  },
};
