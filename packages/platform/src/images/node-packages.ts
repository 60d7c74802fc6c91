import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import type { Host } from '../platform.ts';
import { run } from '../run.ts';
import { imagePaths } from './storage.ts';

interface PackagePin {
  version: string;
  /** `sha512-<base64>`, as package registries and lockfiles have it. */
  integrity: string;
}

/**
 * The npm packages that node-build holds, unpacked once and then kept.
 * @param recipe folder with `packages.json`
 * @returns a folder with `npm` and `pnpm`
 * @throws UserError where a package cannot be had or is not the pinned one
 */
export async function unpackNodePackages(host: Host, recipe: string): Promise<string> {
  const file = join(recipe, 'packages.json');
  const text = await readFile(file, 'utf8');
  const pins = JSON.parse(text) as Record<string, PackagePin>;
  const key = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const folder = join(imagePaths(host).folder, 'packages', key);
  for (const [name, target] of [
    ['npm', 'npm'],
    [`@pnpm/exe.linux-${process.arch}`, 'pnpm'],
  ] as const) {
    const pin = pins[name];
    if (pin === undefined) {
      throw new UserError(`${file} pins no package for this machine: ${name}`, {
        hint: 'add its version and integrity',
      });
    }
    await unpack(host, { name, ...pin }, join(folder, target));
  }
  return folder;
}

async function unpack(host: Host, wanted: PackagePin & { name: string }, target: string): Promise<void> {
  if (await stat(target).catch(() => undefined)) return;
  const specifier = `${wanted.name}@${wanted.version}`;
  const draft = `${target}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const options = { cwd: draft, env: host.env, signal: host.signal };
  const packed = await run('npm', ['pack', '--json', '--silent', '--ignore-scripts', specifier], {
    ...options,
    hint: `the package registry must answer: npm view ${specifier}`,
  });
  const [{ filename } = { filename: '' }] = JSON.parse(packed) as { filename: string }[];
  const archive = join(draft, filename);
  const integrity = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (integrity !== wanted.integrity) {
    throw new UserError(`the package ${specifier} is not the pinned one: ${integrity} instead of ${wanted.integrity}`, {
      hint: 'correct infrastructure/local/images/node-build/packages.json if its version was changed on purpose',
    });
  }
  await run('tar', ['--extract', '--gzip', '--file', archive, '--directory', draft, '--no-same-owner'], options);
  await rename(join(draft, 'package'), target);
  await rm(draft, { recursive: true, force: true });
}
