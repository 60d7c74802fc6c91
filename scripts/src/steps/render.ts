import { kustomizeBuild } from '../adapters/kustomize.ts';
import type { Config } from '../core/config.ts';
import { serviceOf } from '../core/graph.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { carryConfigMaps, layOut, renderRoot } from '../core/rendering.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** The renderer's name in release.yaml: another version may write other bytes. */
export const renderer = 'kustomize v5.8.1';

/**
 * The manifests of a release in an environment, with what it has to carry of the manifests that it replaces.
 * `sources` gives the tree of main at a revision.
 */
export async function renderRelease(
  config: Config,
  release: Omit<ReleaseFile, 'intent'>,
  sources: (revision: string) => Promise<Snapshot>,
  replaced: string | undefined,
): Promise<string> {
  const { app, environment, namespace, strategy, image, tag, digest } = release;
  const [manifests, overlay] = await Promise.all([sources(release.manifestRevision), sources(release.overlayRevision)]);
  const service = serviceOf(config, app);
  const files = layOut({ app, environment, namespace, strategy, service, image, tag, digest, manifests, overlay });
  return carryConfigMaps(await kustomizeBuild(files, renderRoot), replaced);
}
