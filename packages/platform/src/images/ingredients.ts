import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import type { Host } from '../platform.ts';
import { fingerprint } from './fingerprint.ts';
import { unpackNodePackages } from './node-packages.ts';
import type { Ingredient } from './recipes.ts';
import { imagePaths } from './storage.ts';

/** Where Debian's package ca-certificates keeps the bundle. */
const caBundle = '/etc/ssl/certs/ca-certificates.crt';

/** What a Containerfile copies from. */
export interface Input {
  /** Name of the build context. */
  name: string;
  /** sha256 of what is copied. */
  sha256: string;
  /** Makes and gives the folder; called only when the image is built. */
  folder: () => Promise<string>;
}

/** A tool's binaries. */
export async function toolInput(host: Host, name: string): Promise<Input> {
  const tool = await host.tool(name);
  const files = Object.values(tool.bin).toSorted();
  const sums = await sequence(files, async (file) => await fingerprint(file, imagePaths(host).sums));
  return { name, sha256: sums.join(' '), folder: async () => dirname(files[0] ?? '') };
}

export async function ingredientInput(host: Host, ingredient: Ingredient, recipe: string): Promise<Input> {
  if (ingredient === 'certificates') return await certificates(host);
  if (ingredient === 'nodejs') {
    const binary = nodeBinary(host.root);
    const sha256 = await fingerprint(binary, imagePaths(host).sums);
    return { name: 'nodejs', sha256, folder: async () => dirname(binary) };
  }
  // The recipe's own files pin the packages.
  return { name: 'packages', sha256: '', folder: async () => await unpackNodePackages(host, recipe) };
}

/** The files of a recipe, text by path. */
export async function recipeFiles(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).toSorted();
  return Object.fromEntries(await sequence(names, async (name) => [name, await readFile(join(folder, name), 'utf8')]));
}

async function certificates(host: Host): Promise<Input> {
  const text = await readFile(caBundle).catch((cause: unknown) => {
    throw new UserError(`cannot read the CA certificates in ${caBundle}`, {
      hint: 'install them: apt-get install --no-install-recommends ca-certificates',
      cause,
    });
  });
  const sha256 = createHash('sha256').update(text).digest('hex');
  const folder = join(imagePaths(host).work, 'certificates');
  return {
    name: 'certificates',
    sha256,
    async folder() {
      await mkdir(folder, { recursive: true });
      const draft = join(folder, `.${process.pid}`);
      await copyFile(caBundle, draft);
      await rename(draft, join(folder, 'ca-certificates.crt'));
      return folder;
    },
  };
}

/** The Node.js that the lockfile pins for this machine, which also runs this program. */
function nodeBinary(root: string): string {
  const installed = join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  return existsSync(installed) ? installed : process.execPath;
}

async function sequence<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
