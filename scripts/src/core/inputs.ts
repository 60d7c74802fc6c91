import type { Config, Strategy } from './config.ts';
import { unknownName, UserError } from './errors.ts';
import { findApp, serviceOf } from './graph.ts';
import { digestOf, hashPaths, type Snapshot } from './snapshot.ts';
import { closure, type WorkspacePackage } from './workspace.ts';
import { parseYaml } from './yaml.ts';

/** Hashes of what an app is made from: what its image is built of, what travels beside it, what stays in an environment. */
export interface Inputs {
  image: string;
  manifests: string;
  overlay: string;
}

/** Files at the root that every image build sees. */
const sharedBuildFiles = ['.dockerignore', 'package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];

/** The folder of a strategy's component. */
export function strategyFolder(strategy: Strategy): string {
  return `apps/components/strategies/${strategy}`;
}

/**
 * The inputs of an app at a revision of main, for one environment. Throws UserError where a folder is missing.
 * `known` keeps what kustomizations refer to by their texts, for many apps that use the same components; `manifests` is
 * that hash where it is known.
 */
export function inputsOf(
  config: Config,
  snapshot: Snapshot,
  workspace: ReadonlyMap<string, WorkspacePackage>,
  app: string,
  environment: string,
  known = new Map<string, string[]>(),
  manifests?: string,
): Inputs {
  const service = serviceOf(config, app);
  const folder = `services/${service}`;
  const { strategy } = findApp(config, app);
  if (!snapshot.folders.has(folder))
    throw unknownName('service', service, snapshot.folders.get('services')?.folders ?? [], `of app "${app}"`);
  requireFolder(snapshot, `apps/${app}/base`, `app "${app}"`);
  requireFolder(snapshot, strategyFolder(strategy), `strategy "${strategy}"`);
  return {
    image: digestOf([
      hashPaths(snapshot, [...closure(workspace, folder), ...sharedBuildFiles]),
      JSON.stringify(config.build.args, Object.keys(config.build.args).toSorted()),
    ]),
    manifests: manifests ?? manifestsHash(snapshot, app, strategy, known),
    overlay: overlayHash(snapshot, app, environment),
  };
}

/** The hash of what travels with a release beside its image: base, strategy, and the components that any of its parts use. */
export function manifestsHash(
  snapshot: Snapshot,
  app: string,
  strategy: Strategy,
  known = new Map<string, string[]>(),
): string {
  const roots = [`apps/${app}/base`, strategyFolder(strategy)];
  const overlays = overlayFolders(snapshot, app);
  const used = kustomizationClosure(snapshot, [...roots, ...overlays], known).filter(
    (each) => !overlays.includes(each),
  );
  return digestOf([strategy, hashPaths(snapshot, used)]);
}

/** The folders that an app is rendered from: its kustomizations refer to nothing else. */
export function renderedFolders(app: string): string[] {
  return [`apps/${app}`, 'apps/components'];
}

/** The hash of what stays in an environment: its overlay. Throws UserError where there is none. */
export function overlayHash(snapshot: Snapshot, app: string, environment: string): string {
  const folder = `apps/${app}/overlays/${environment}`;
  requireFolder(snapshot, folder, `app "${app}" in ${environment}`);
  return hashPaths(snapshot, [folder]);
}

/** A release's id, 12 hex digits: the hash of its image's digest and of the manifests that travel with it. */
export function releaseId(digest: string, manifests: string): string {
  return digestOf([digest, manifests]).slice(0, 12);
}

function overlayFolders(snapshot: Snapshot, app: string): string[] {
  const folder = `apps/${app}/overlays`;
  return (snapshot.folders.get(folder)?.folders ?? []).map((name) => `${folder}/${name}`);
}

/** The folders that kustomization files reach from some folders by any key that takes folders. */
function kustomizationClosure(snapshot: Snapshot, roots: readonly string[], known: Map<string, string[]>): string[] {
  const found = new Set<string>();
  function visit(folder: string): void {
    if (found.has(folder)) return;
    found.add(folder);
    const file = `${folder}/kustomization.yaml`;
    const text = snapshot.texts.get(file);
    if (text === undefined) return;
    const named = known.get(text) ?? references(file, text);
    known.set(text, named);
    for (const reference of named) {
      const target = resolvePath(folder, reference);
      if (snapshot.folders.has(target)) visit(target);
    }
  }
  for (const root of roots) visit(root);
  return [...found];
}

const folderKeys = ['resources', 'components', 'bases', 'generators', 'transformers', 'validators'];

function references(file: string, text: string): string[] {
  const kustomization = (parseYaml(text, file) ?? {}) as Record<string, unknown>;
  return folderKeys.flatMap((key) => (Array.isArray(kustomization[key]) ? kustomization[key].map(String) : []));
}

/** `a/b` and `../c` give `a/c`; leading `..` that leave the root are dropped, so nothing outside is reached. */
export function resolvePath(folder: string, relative: string): string {
  const parts = folder.split('/');
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function requireFolder(snapshot: Snapshot, folder: string, whose: string): void {
  if (snapshot.folders.has(folder)) return;
  throw new UserError(`${whose} has no folder ${folder} at ${snapshot.revision.slice(0, 12)}`, {
    hint: 'add the folder, or take the entry out of gitops.config.yaml',
  });
}
