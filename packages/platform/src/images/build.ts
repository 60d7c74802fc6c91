import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '@sluice/scripts/ui';
import type { Platform } from '../platform.ts';
import { run } from '../run.ts';
import { bootstrapDebian } from './debian.ts';
import { hostAptSource } from './apt-source.ts';
import { ingredientInput, recipeFiles, toolInput, type Input } from './ingredients.ts';
import { imageKey, imageTag } from './key.ts';
import type { Recipe } from './recipes.ts';
import { buildah, imagePaths } from './storage.ts';

/** An image that may not exist yet. */
export interface PlannedImage {
  recipe: Recipe;
  /** Folder of its Containerfile. */
  folder: string;
  tag: string;
  aliases: readonly string[];
  inputs: readonly Input[];
}

/** Finds an image's tag by what it would hold; waits for its tools, builds nothing. */
export async function planImage(platform: Platform, recipe: Recipe): Promise<PlannedImage> {
  const folder = recipeFolder(platform, recipe.folder);
  const inputs: Input[] = [];
  for (const tool of recipe.tools) inputs.push(await toolInput(platform, tool));
  for (const ingredient of recipe.ingredients) inputs.push(await ingredientInput(platform, ingredient, folder));
  const sums = Object.fromEntries(inputs.map(({ name, sha256 }) => [name, sha256]));
  const debian = recipe.onDebian ? await planDebian(platform) : undefined;
  const below = debian === undefined ? {} : { debian: debian.tag };
  const key = imageKey({ recipe: await recipeFiles(folder), inputs: { ...sums, ...below, arch: process.arch } });
  const version = await versionOf(platform, recipe, debian?.suite);
  const aliases = recipe.alias === undefined ? [] : [recipe.alias === 'latest' ? 'latest' : version];
  return { recipe, folder, tag: imageTag(version, key), aliases, inputs };
}

/** What an image's tag begins with. */
async function versionOf(platform: Platform, recipe: Recipe, suite = ''): Promise<string> {
  const [tool] = recipe.tools;
  if (tool !== undefined) return (await platform.tool(tool)).version;
  return recipe.ingredients.includes('nodejs') ? process.versions.node : suite;
}

/** Builds an image and publishes it under all its tags. */
export async function buildImage(platform: Platform, image: PlannedImage, step: Step): Promise<void> {
  const { recipe } = image;
  const local = `localhost/sluice/${recipe.name}:${image.tag}`;
  const debian = recipe.onDebian ? ['--layers', '--build-arg', `DEBIAN=${await ensureDebian(platform, step)}`] : [];
  step.update(`building ${recipe.name}`);
  await buildFolder(platform, image.folder, local, [...debian, ...(await contexts(image.inputs)), image.folder]);
  const archive = join(imagePaths(platform).work, `${recipe.name.replaceAll('/', '-')}.tar`);
  await mkdir(imagePaths(platform).work, { recursive: true });
  await rm(archive, { force: true });
  step.update(`publishing ${recipe.name}`);
  await buildah(platform, ['push', '--quiet', local, `oci-archive:${archive}`]);
  // The tag by content comes last: where it is, all of them are.
  for (const tag of [...image.aliases, image.tag]) {
    await platform.driver.publishImage(platform, { archive, name: recipe.name, tag });
  }
  await rm(archive, { force: true });
  // The registry has it; only layers that save a later build time and the network are kept.
  if (!recipe.onDebian) await buildah(platform, ['rmi', local]);
}

interface PlannedDebian {
  folder: string;
  /** The release, such as `bookworm`. */
  suite: string;
  tag: string;
  inputs: readonly Input[];
}

async function planDebian(platform: Platform): Promise<PlannedDebian> {
  const folder = recipeFolder(platform, 'debian');
  const inputs = [await ingredientInput(platform, 'certificates', folder)];
  const { suite } = await hostAptSource();
  const sums = Object.fromEntries(inputs.map(({ name, sha256 }) => [name, sha256]));
  const key = imageKey({ recipe: await recipeFiles(folder), inputs: { ...sums, suite, arch: process.arch } });
  return { folder, suite, tag: imageTag(suite, key), inputs };
}

/** The Debian image's name in the build storage; made where it is missing. */
async function ensureDebian(platform: Platform, step: Step): Promise<string> {
  const { folder, tag, inputs } = await planDebian(platform);
  const local = `localhost/sluice/debian:${tag}`;
  const found = await buildah(platform, ['images', '--quiet', '--filter', `reference=${local}`]);
  if (found.trim() !== '') return local;
  const rootfs = await bootstrapDebian(platform, step);
  step.update('building debian');
  // Only what is unpacked from a build's own folder keeps its owners.
  await buildFolder(platform, folder, local, [
    ...(await contexts(inputs)),
    '--build-context',
    `recipe=${folder}`,
    rootfs,
  ]);
  await rm(rootfs, { recursive: true, force: true });
  return local;
}

/** `options` end with the folder that the build sees. */
async function buildFolder(platform: Platform, folder: string, tag: string, options: readonly string[]): Promise<void> {
  // Fixed times make equal content equal bytes.
  const fixed = ['--timestamp', '0', '--network', 'host', '--quiet'];
  await run(
    imagePaths(platform).buildah,
    ['build', ...fixed, '--tag', tag, '--file', join(folder, 'Containerfile'), ...options],
    { env: platform.env, signal: platform.signal, hint: 'run again: pnpm start' },
  );
}

async function contexts(inputs: readonly Input[]): Promise<string[]> {
  const options: string[] = [];
  for (const { name, folder } of inputs) options.push('--build-context', `${name}=${await folder()}`);
  return options;
}

function recipeFolder(platform: Platform, name: string): string {
  return join(platform.root, 'infrastructure', 'local', 'images', name);
}
