import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { componentImage, usesLocalImages } from '../images/index.ts';
import type { Host, Platform } from '../platform.ts';
import { run } from '../run.ts';
import { componentManifests, type Applied } from './components.ts';
import { ensurePasswords } from './database-passwords.ts';
import { planLayout, type Layout } from './layout.ts';
import { upstreamFiles } from './upstream-files.ts';

/** A component's manifests, laid out below the state folder. */
export interface LaidOut {
  folder: string;
  /** Changes when anything in the folder does. */
  hash: string;
}

/** Lays out what a component consists of, from the repository, upstream and the platform's settings. */
export async function layOut(platform: Platform, name: Applied): Promise<LaidOut> {
  const folder = join(platform.paths.state, 'manifests', name);
  const image = name === 'policies' ? undefined : await componentImage(platform, name);
  const settings = await settingsOf(platform, name);
  const input = { image, localImages: usesLocalImages(platform) };
  const layout = planLayout(componentManifests[name], settings === undefined ? input : { ...input, settings });
  await writeLayout(platform, { name, layout, folder });
  return { folder, hash: await hashFolder(folder) };
}

/** Makes a folder of what is planned, in the place of what was there. */
export async function writeLayout(
  host: Pick<Host, 'root' | 'files'>,
  { name, layout, folder }: { name: Applied; layout: Layout; folder: string },
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const each of layout.folders) await cp(join(host.root, each), join(folder, each), { recursive: true });
  const files = layout.upstream.length === 0 ? '' : await upstreamFiles(host, name);
  for (const { from, to } of layout.upstream) await cp(join(files, from), join(folder, to));
  for (const [path, text] of Object.entries(layout.generated)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** The objects of a laid-out component as one YAML stream. */
export async function buildManifests(
  host: Pick<Host, 'tool' | 'env' | 'signal'>,
  { folder }: Pick<LaidOut, 'folder'>,
): Promise<string> {
  const { bin } = await host.tool('kustomize');
  return await run(bin['kustomize'] ?? 'kustomize', ['build', folder], { env: host.env, signal: host.signal });
}

async function settingsOf(platform: Platform, name: Applied): Promise<Record<string, string> | undefined> {
  const { settings, driver } = platform;
  if (name === 'traefik') {
    // A node of its own machine is reached from outside of it.
    const routerAddress = usesLocalImages(platform) ? '127.0.0.1' : '0.0.0.0';
    return { routerAddress, routerPort: String(settings.ports.router) };
  }
  if (name === 'postgresql') {
    const passwords = JSON.stringify(await ensurePasswords(platform));
    return { databases: `sha256:${createHash('sha256').update(passwords).digest('hex')}` };
  }
  if (name === 'coredns') return { clusterAddress: settings.network.dns };
  if (name === 'policies') return { registries: driver.registry };
  if (name !== 'argocd') return undefined;
  const repository = `http://${await driver.hostAddress()}:${settings.ports.git}/sluice.git`;
  return {
    repository,
    'cluster-dev': 'in-cluster',
    'cluster-staging': 'in-cluster',
    'cluster-prod': 'in-cluster',
  };
}

async function hashFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.toSorted()) hash.update(`\0${relative(folder, file)}\0`).update(await readFile(file));
  return hash.digest('hex');
}
