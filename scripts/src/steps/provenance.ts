import { below } from '../adapters/git-trees.ts';
import { readTrustedRoots, verifyBundle } from '../core/attestation.ts';
import type { ProvenancePolicy } from '../core/config-schema.ts';
import { configFile } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import type { ProvenanceAnswer } from '../core/gates/index.ts';
import { bundleFolder, provenanceProblem, workflowUri, type Built } from '../core/provenance.ts';
import { recordsBranch } from '../core/record.ts';
import type { GateSources } from './judge.ts';

/** What the attestations stored for a release's image come to under a policy. Nothing is asked over a network. */
export async function askProvenance(
  sources: GateSources,
  policy: ProvenancePolicy,
  release: Built,
): Promise<ProvenanceAnswer> {
  const [bundles, roots] = await Promise.all([
    storedBundles(sources, release.digest),
    trustedRoots(sources, policy).catch((error: unknown) => {
      if (error instanceof UserError) return error;
      throw error;
    }),
  ]);
  if (roots instanceof UserError) return { state: 'unknown', reason: roots.message };
  if (bundles.length === 0) return { state: 'missing' };
  const reasons = bundles.map((text) => {
    try {
      return provenanceProblem(verifyBundle(text, roots), policy, release);
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  });
  if (reasons.includes(undefined)) return { state: 'proven', by: workflowUri(policy) };
  return { state: 'refused', reasons: [...new Set(reasons.filter((each) => each !== undefined))] };
}

/** The roots that a policy trusts: of its file at the tip of main, else those of the public Sigstore. */
export async function trustedRoots(
  { git, main }: Pick<GateSources, 'git' | 'main'>,
  { trustedRoot }: ProvenancePolicy,
): Promise<ReturnType<typeof readTrustedRoots>> {
  if (trustedRoot === undefined) return readTrustedRoots(undefined, 'the root of the public Sigstore');
  const { texts } = await git.snapshot(main.revision, {
    within: below([trustedRoot]),
    wanted: (path) => path === trustedRoot,
  });
  const text = texts.get(trustedRoot);
  if (text !== undefined) return readTrustedRoots(text, trustedRoot);
  throw new UserError(`${trustedRoot} does not exist at ${main.revision.slice(0, 12)}`, {
    hint: `${configFile} names it as trustedRoot: commit it, or leave that out`,
  });
}

async function storedBundles({ git, refs }: GateSources, digest: string): Promise<string[]> {
  const head = await git.resolve(`${refs}/${recordsBranch}`);
  if (head === undefined) return [];
  const folder = bundleFolder(digest);
  const { texts } = await git.snapshot(head, {
    within: below([folder]),
    wanted: (path) => path.startsWith(`${folder}/`),
  });
  return [...texts.values()];
}
