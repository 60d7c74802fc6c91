import { readPin } from '@sluice/toolchain';
import { registryDigest } from '@sluice/scripts/adapters/registry';
import type { Component, ImageName } from '../components.ts';
import type { Platform } from '../platform.ts';
import { buildImage, planImage, type PlannedImage } from './build.ts';
import { recipes } from './recipes.ts';
import { prepareStorage } from './storage.ts';
import { upstreamImage, upstreamPostgresql, type ImageReference } from './upstream.ts';

export type { ImageReference };

/** Builds share a storage and use every core, so they wait for each other. */
const queues = new WeakMap<Platform, Promise<unknown>>();

/**
 * Makes the images that the cluster needs for `names`; what the registry has already is neither built nor sent again.
 * Where the cluster runs upstream's images nothing is built.
 */
export async function buildImages(platform: Platform, names: readonly ImageName[]): Promise<void> {
  if (!usesLocalImages(platform)) return;
  await prepareStorage(platform);
  for (const recipe of names.flatMap((name) => recipes[name])) {
    const planned = await planImage(platform, recipe);
    if (await isPublished(platform, planned)) continue;
    await queued(platform, async () => {
      const step = platform.progress.step(`image ${recipe.name}`);
      try {
        await buildImage(platform, planned, step);
        step.done(planned.tag);
      } catch (error) {
        step.fail();
        throw error;
      }
    });
  }
}

/** The image that the cluster runs for a component. */
export async function componentImage(
  platform: Platform,
  component: Exclude<Component, 'pause'>,
): Promise<ImageReference> {
  const [recipe] = recipes[component];
  if (recipe === undefined || !usesLocalImages(platform)) {
    if (component === 'postgresql') return upstreamPostgresql;
    return upstreamImage(component, (await readPin(platform.root, component)).version);
  }
  const { tag } = await planImage(platform, recipe);
  return { newName: `${platform.driver.registry}/${recipe.name}`, newTag: tag };
}

/** Whether images are built here from the tools; where Docker or another cluster is at hand, upstream's can be pulled. */
export function usesLocalImages(platform: Platform): boolean {
  return platform.driver.localImages;
}

async function isPublished(platform: Platform, { recipe, tag, aliases }: PlannedImage): Promise<boolean> {
  const image = `${platform.driver.registry}/${recipe.name}`;
  const digest = await registryDigest(image, tag);
  if (digest === undefined) return false;
  for (const alias of aliases) if ((await registryDigest(image, alias)) !== digest) return false;
  return true;
}

async function queued(platform: Platform, work: () => Promise<void>): Promise<void> {
  const turn = (queues.get(platform) ?? Promise.resolve()).then(work);
  queues.set(
    platform,
    turn.catch(() => undefined),
  );
  await turn;
}
