import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addComponent } from '../src/core/add-component.ts';
import { parseConfig, type Config, type Strategy } from '../src/core/config.ts';
import { namespaceOf } from '../src/core/graph.ts';
import type { ReleaseFile } from '../src/core/release-file.ts';
import { renderRelease } from '../src/steps/render.ts';
import { snapshotWith } from './snapshot.ts';

export const root = join(import.meta.dirname, '../..');

/** The apps of this repository and its configuration, as the files are now, by path. */
export const shipped = Object.fromEntries(
  globSync('{apps/**/*,gitops.config.yaml}', { cwd: root, withFileTypes: true })
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name))
    .map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]),
);
export const shippedConfig = parseConfig(shipped['gitops.config.yaml'] ?? '');

/** Every app in every environment. */
export const shippedCells = Object.keys(shippedConfig.apps).flatMap((app) =>
  shippedConfig.environments.map(({ name }) => ({ app, environment: name })),
);

export function isProduction(environment: string): boolean {
  return shippedConfig.environments.find((each) => each.name === environment)?.production ?? false;
}

export interface Image {
  tag: string;
  digest: string;
}

const image: Image = { tag: '0123456789ab-1', digest: `sha256:${'1'.repeat(64)}` };

/** The manifests of an app in an environment, as a landing writes them. */
export function renderApp(
  files: Record<string, string>,
  its: Config,
  app: string,
  environment: string,
  { strategy = its.apps[app]?.strategy, ...what }: Partial<Image> & { strategy?: Strategy | undefined } = {},
): Promise<string> {
  const main = snapshotWith(files);
  const target = its.environments.find((each) => each.name === environment);
  if (target === undefined) throw new Error(environment);
  const release = {
    app,
    environment,
    namespace: namespaceOf(target, app),
    strategy,
    image: `${its.registry}/${app}`,
    ...image,
    ...what,
    manifestRevision: main.revision,
    overlayRevision: main.revision,
  } as Omit<ReleaseFile, 'intent'>;
  return renderRelease(its, release, () => Promise.resolve(main), undefined);
}

/** The shipped files with more components in the base of an app, or in its overlay of production. */
export function shippedWith(
  app: string,
  { base = [], prod = [] }: { base?: readonly string[]; prod?: readonly string[] },
): Record<string, string> {
  const files = { ...shipped };
  function add(path: string, components: readonly string[], up: string): void {
    for (const each of components) files[path] = addComponent(path, files[path] ?? '', `${up}/components/${each}`);
  }
  add(`apps/${app}/base/kustomization.yaml`, base, '../..');
  add(`apps/${app}/overlays/prod/kustomization.yaml`, prod, '../../..');
  return files;
}
