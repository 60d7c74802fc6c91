import { dirname } from 'node:path/posix';
import { isMap, isNode, stringify } from 'yaml';
import { resolvePath } from '../inputs.ts';
import { parseYamlText } from '../yaml.ts';
import { isFields, type Value } from '../diff/objects.ts';
import type { Files } from './sources.ts';
import type { Place } from './locate.ts';

/** Fields that Kustomize has replaced: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
const replaced: Record<string, string> = {
  commonLabels: 'labels, with includeSelectors: false',
  bases: 'resources',
  patchesStrategicMerge: 'patches',
  patchesJson6902: 'patches',
  imageTags: 'images',
  vars: 'replacements',
};

export interface FileProblem extends Place {
  policy: 'kustomization' | 'remote-resource' | 'render';
  message: string;
  fix: string;
}

/** What is wrong with one of some files, a kustomization, by itself. Throws UserError where it is not valid YAML. */
export function kustomizationProblems(file: string, text: string, files: Files): FileProblem[] {
  const { document, lines, value } = parseYamlText(text, file);
  function lineOf(path: readonly (string | number)[]): number {
    const holder: unknown = path.length === 1 ? document.contents : document.getIn(path, true);
    const pair = isMap(holder) ? holder.items.find(({ key }) => isNode(key) && String(key) === path[0]) : undefined;
    const node: unknown = path.length === 1 ? pair?.key : holder;
    return lines.linePos((isNode(node) ? node.range?.[0] : 0) ?? 0).line || 1;
  }
  const stale = Object.keys(isFields(value as Value) ? (value as object) : {}).filter((key) =>
    Object.hasOwn(replaced, key),
  );
  const named = namedIn(value);
  return [
    ...stale.map((key): FileProblem => ({
      policy: 'kustomization',
      file,
      line: lineOf([key]),
      message: `${key} is deprecated`,
      fix: `now ${replaced[key]}`,
    })),
    ...named
      .filter(({ reference }) => isRemote(reference))
      .map(({ reference, path }): FileProblem => ({
        policy: 'remote-resource',
        file,
        line: lineOf(path),
        message: `names ${reference}, which is somewhere else`,
        fix: 'keep a copy in the repository, or install it by an Argo CD Application with a pinned version',
      })),
    // The renderer refuses an app for it; of the platform it is left out, so that the rest is judged.
    ...(file.startsWith('apps/') ? [] : named)
      .filter(({ reference }) => isMissing(files, dirname(file), reference))
      .map(({ reference, path }): FileProblem => ({
        policy: 'render',
        file,
        line: lineOf(path),
        message: `names ${reference}, which is not there`,
        fix: 'add what is missing, or correct the name; only what lies in upstream/ may be fetched later',
      })),
  ];
}

/** What a kustomization names of files and folders, and where. */
function namedIn(value: unknown): { reference: string; path: (string | number)[] }[] {
  if (!isFields(value as Value)) return [];
  return ['resources', 'components', 'bases', 'crds', 'configurations'].flatMap((key) => {
    const list = (value as Record<string, unknown>)[key];
    return (Array.isArray(list) ? list : []).flatMap((each, index) =>
      typeof each === 'string' ? [{ reference: each, path: [key, index] }] : [],
    );
  });
}

/** Whether a reference is to nothing that is there, nor anywhere else, nor a file of upstream that Git does not have. */
function isMissing(files: Files, folder: string, reference: string): boolean {
  const target = resolvePath(folder, reference);
  const there = files.has(target) || files.has(`${target}/kustomization.yaml`);
  return !there && !isRemote(reference) && !reference.startsWith('upstream/');
}

/** As Kustomize tells them: https://github.com/kubernetes-sigs/kustomize/blob/master/examples/remoteBuild.md */
function isRemote(reference: string): boolean {
  return /^[a-z+]+:(:|\/\/)|^git@|^github\.com\/|^[\w.-]+\.[a-z]+\/[^/]+\/.*(\?ref=|\/\/)/.test(reference);
}

/** The files that a kustomization is built from, by path. What it names and is not there is left out of it, and told. */
export function closureOf(files: Files, root: string): { files: Map<string, string>; missing: string[] } {
  const found = new Map<string, string>();
  const missing: string[] = [];
  function visit(folder: string): void {
    const file = `${folder}/kustomization.yaml`;
    const text = files.get(file);
    if (text === undefined || found.has(file)) return;
    for (const [path, each] of files) if (path.startsWith(`${folder}/`) && !found.has(path)) found.set(path, each);
    const { value } = parseYamlText(text, file);
    const absent = new Set<string>();
    for (const { reference } of namedIn(value)) {
      const target = resolvePath(folder, reference);
      const beside = files.get(target);
      if (beside !== undefined) found.set(target, beside);
      else if (files.has(`${target}/kustomization.yaml`)) visit(target);
      else absent.add(reference);
    }
    missing.push(...absent);
    found.set(file, absent.size === 0 ? text : stringify(without(value as Record<string, unknown>, absent)));
  }
  visit(root);
  return { files: found, missing };
}

function without(kustomization: Record<string, unknown>, absent: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(kustomization).map(([key, value]) => [
      key,
      Array.isArray(value) ? value.filter((each) => !absent.has(each as string)) : value,
    ]),
  );
}
