import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { FleetSize } from './fleet.ts';
import { template } from './template.ts';

const repository = resolve(import.meta.dirname, '../..');

/** Writes what main of a fleet holds to a folder; gives the names of its apps. */
export async function writeMain(
  clone: string,
  { apps: count, small = false, files = 0, packages = 0, filesPerPackage = 1 }: FleetSize,
): Promise<string[]> {
  const source = small ? join(clone, '../template') : repository;
  if (small) await writeFiles(source, template());
  const originals = small ? ['web'] : ['catalog', 'orders', 'storefront'];
  const apps: string[] = [];
  const entries: string[] = [];
  const config = await readFile(join(source, 'gitops.config.yaml'), 'utf8');
  await cp(join(source, 'apps/components'), join(clone, 'apps/components'), { recursive: true });
  for (let index = 0; index < count; index++) {
    const from = originals[index % originals.length] ?? '';
    const app = `app-${String(index + 1).padStart(4, '0')}`;
    await copyRenamed(join(source, 'apps', from), join(clone, 'apps', app), from, app);
    await mkdir(join(clone, 'services', app), { recursive: true });
    const uses = packages === 0 ? {} : { [`@bench/${packageName(index % packages)}`]: 'workspace:*' };
    await writePackage(join(clone, 'services', app), app, uses, filesPerPackage);
    const strategy = new RegExp(`^  ${from}: (.*)$`, 'm').exec(config)?.[1] ?? '{strategy: rolling}';
    entries.push(`  ${app}: ${strategy}`);
    apps.push(app);
  }
  for (let index = 0; index < packages; index++) {
    await writePackage(join(clone, 'packages', packageName(index)), packageName(index), {}, filesPerPackage);
  }
  await writeFile(join(clone, 'package.json'), '{"name": "bench", "private": true}\n');
  await writeFile(join(clone, 'pnpm-workspace.yaml'), 'packages: [services/*, packages/*]\n');
  for (let index = 0; index < files; index++) {
    const path = join(clone, 'docs/pages', String(Math.floor(index / 100)));
    if (index % 100 === 0) await mkdir(path, { recursive: true });
    await writeFile(join(path, `${index}.md`), `# Page ${index}\n`);
  }
  await writeFile(
    join(clone, 'gitops.config.yaml'),
    `registry: registry.invalid/bench
argocd: {cluster: nonprod, namespace: argocd}
environments:
  - {name: dev, cluster: nonprod, namespace: "{app}-dev", delivery: true}
  - {name: staging, cluster: nonprod, namespace: "{app}-staging", after: [dev], gates: {verified: {}}}
  - {name: prod, cluster: prod, namespace: "{app}-prod", after: [staging], production: true, gates: {verified: {}}}
apps:
${entries.join('\n')}
`,
  );
  return apps;
}

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

function packageName(index: number): string {
  return `package-${String(index + 1).padStart(3, '0')}`;
}

async function writePackage(
  folder: string,
  name: string,
  dependencies: Record<string, string>,
  files: number,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const manifest = { name: `@bench/${name}`, version: '1.0.0', dependencies };
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest)}\n`);
  for (let index = 1; index <= files; index++) {
    await writeFile(join(folder, `file-${index}.js`), `export const answer = ${index};\n`);
  }
}

async function copyRenamed(from: string, to: string, name: string, renamed: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = source.replace(from, to);
    await mkdir(resolve(target, '..'), { recursive: true });
    await writeFile(target, (await readFile(source, 'utf8')).replaceAll(name, renamed));
  }
}
