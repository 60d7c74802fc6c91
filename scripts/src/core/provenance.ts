import type { ProvenancePolicy } from './config-schema.ts';
import { digestOf } from './snapshot.ts';

/** What an attestation says whose signature holds: for which images, and who signed it where. */
export interface Provenance {
  predicateType: string;
  /** `sha256:<hex>` of each image. */
  digests: readonly string[];
  /** Who vouched for the workflow when the certificate was issued. */
  issuer: string | undefined;
  /** Whom the certificate is for: the workflow that signed, at its ref. */
  signer: string | undefined;
  repository: string | undefined;
  ref: string | undefined;
  /** The commit that was checked out. */
  revision: string | undefined;
  /** The workflow that the run began with, at its ref. */
  workflow: string | undefined;
}

/** What a release says of its image. */
export interface Built {
  digest: string;
  imageRevision: string;
}

/** The folder on the records' branch that keeps the attestations of an image. */
export function bundleFolder(digest: string): string {
  return `provenance/${digest.replace(':', '-')}`;
}

/** Where one of them stands: the same one has the same place. */
export function bundlePath(digest: string, text: string): string {
  return `${bundleFolder(digest)}/${digestOf([text])}.json`;
}

/** The workflow that a policy names, as certificates do. */
export function workflowUri(policy: ProvenancePolicy): string {
  return `${repositoryUri(policy)}/${policy.workflow}@${policy.ref}`;
}

/**
 * Why an attestation does not say what a policy asks for; undefined where it does. Without a release only the policy is asked.
 * The names are those of the certificate's extensions in Fulcio's docs/oid-info.md and of SLSA 1.0.
 */
export function provenanceProblem(found: Provenance, policy: ProvenancePolicy, release?: Built): string | undefined {
  const checks: readonly [what: string, is: string | undefined, asked: string][] = [
    ['it is no build provenance but', found.predicateType, 'https://slsa.dev/provenance/v1'],
    ['its certificate was issued on the word of', found.issuer, policy.issuer],
    ['it is of repository', found.repository, repositoryUri(policy)],
    ['it is of ref', found.ref, policy.ref],
    ['it is of workflow', found.workflow, workflowUri(policy)],
    ['it was signed by', found.signer, workflowUri(policy)],
    ...(release === undefined
      ? []
      : [['it is of revision', found.revision, release.imageRevision] satisfies [string, string | undefined, string]]),
  ];
  if (release !== undefined && !found.digests.includes(release.digest)) {
    return `it is of ${found.digests.join(', ') || 'nothing'}, not of ${release.digest}`;
  }
  const wrong = checks.find(([, is, asked]) => is !== asked);
  return wrong === undefined ? undefined : `${wrong[0]} ${wrong[1] ?? 'nobody'}, asked is ${wrong[2]}`;
}

function repositoryUri({ repository }: ProvenancePolicy): string {
  return repository.startsWith('https://') ? repository : `https://github.com/${repository}`;
}
