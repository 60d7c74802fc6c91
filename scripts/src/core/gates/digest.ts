import type { Gate } from './gate.ts';

/** The registry still has the image, and its tag still means the same one. */
export const digest: Gate = {
  name: 'digest',
  kind: 'proposing',
  fixed: () => 'an image that is gone or another one cannot be wished back',
  needs: () => ['registry'],
  asked: (verb, environment) => verb === 'promotion' && environment.gates.digest !== undefined,
  evaluate({ release, registry }) {
    const image = `${release.tag} (${release.digest.slice(0, 19)})`;
    switch (registry?.state) {
      case 'same':
        return { gate: 'digest', state: 'pass', evidence: `the registry has ${image}` };
      case 'gone':
        return {
          gate: 'digest',
          state: 'fail',
          final: true,
          evidence: `the registry has no image ${image}`,
          next: 'deliver the app again, so that its image is built again',
        };
      case 'moved':
        return {
          gate: 'digest',
          state: 'fail',
          final: true,
          evidence: `the tag ${release.tag} means ${registry.digest.slice(0, 19)} now, the release was verified with ${release.digest.slice(0, 19)}`,
          next: 'find out who pushed over the tag; tags must never move',
        };
      case 'unknown':
      case undefined:
      default:
        return {
          gate: 'digest',
          state: 'unknown',
          evidence: `the registry could not be asked: ${registry?.reason ?? 'nobody asked it'}`,
          next: 'try again when the registry answers',
        };
    }
  },
};
