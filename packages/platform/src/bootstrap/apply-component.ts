import type { Platform } from '../platform.ts';
import { readApplied, recordApplied } from './applied.ts';
import { componentManifests, type Applied } from './components.ts';
import { applyDefinitions } from './definitions.ts';
import { apply } from './kubectl.ts';
import { buildManifests, layOut } from './manifests.ts';
import { workloadsExist, workloadsReady } from './ready.ts';
import { isDefinition, joinManifest, splitManifest } from './split.ts';

/**
 * Applies a component's manifests unless the cluster has them from the same sources, and waits until it is ready.
 * @param prepare makes what must exist before its objects do, given whether anything will be applied
 */
export async function applyComponent(
  platform: Platform,
  name: Applied,
  prepare: () => Promise<void> = async () => undefined,
): Promise<void> {
  const { namespace, workloads } = componentManifests[name];
  const step = platform.progress.step(name);
  try {
    const laidOut = await layOut(platform, name);
    const same = (await readApplied(platform))[name] === laidOut.hash;
    if (!same || !(await workloadsExist(platform, namespace, workloads))) {
      step.update('applying');
      await applyDefinitions(platform, name);
      const documents = splitManifest(await buildManifests(platform, laidOut));
      await apply(platform, joinManifest(documents.filter(({ kind }) => kind === 'Namespace')));
      await prepare();
      const rest = documents.filter((document) => document.kind !== 'Namespace' && !isDefinition(document));
      await apply(platform, joinManifest(rest));
      await recordApplied(platform, name, laidOut.hash);
    } else await prepare();
    await workloadsReady(platform, namespace, workloads, (names) => step.update(`waiting for ${names.join(', ')}`));
    step.done('ready');
  } catch (error) {
    step.fail();
    throw error;
  }
}
