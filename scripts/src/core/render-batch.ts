import { stringify } from 'yaml';
import { digestOf } from './snapshot.ts';
import { renderRoot } from './rendering.ts';

/** Marks in a batch's output where the objects of each release begin; never part of what is applied. */
const marker = 'apiVersion: sluice.dev/v1\nkind: Marker\nmetadata:\n  name: release-';
const markers =
  /^(?:---\n)?apiVersion: sluice\.dev\/v1\nkind: Marker\nmetadata:\n {2}name: release-(\d+)\n(?:---\n)?/gm;

/** The files that `kustomize build render` needs to render several releases at once, by path, from those of each. */
export function layOutBatch(layouts: readonly ReadonlyMap<string, string>[]): Map<string, string> {
  const files = new Map<string, string>();
  const resources: string[] = [];
  for (const [index, layout] of layouts.entries()) {
    for (const [path, text] of layout) files.set(`${index}/${path}`, text);
    files.set(`${renderRoot}/${index}.yaml`, `${marker}${index}\n`);
    resources.push(`${index}.yaml`, `../${index}/${renderRoot}`);
  }
  const kustomization = { sortOptions: { order: 'fifo' }, resources };
  files.set(`${renderRoot}/kustomization.yaml`, stringify(kustomization));
  return files;
}

/** What a batch rendered for each of its releases, in their order; undefined where it cannot be told apart. */
export function splitBatch(rendered: string, count: number): string[] | undefined {
  const found = [...rendered.matchAll(markers)];
  if (found.length !== count || found.some((each, index) => Number(each[1]) !== index)) return undefined;
  return found.map((each, index) => rendered.slice(each.index + each[0].length, found[index + 1]?.index));
}

/** A hash of all that a rendering is made of: every file that is laid out, and what renders it. */
export function renderKey(files: ReadonlyMap<string, string>, renderer: string): string {
  return digestOf([renderer, ...[...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat()]);
}
