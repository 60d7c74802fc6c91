import { digestOf } from './snapshot.ts';
import { kustomizationText, renderRoot } from './rendering.ts';

/** Marks in a batch's output where the objects of each release begin; never part of what is applied. */
const marker = 'apiVersion: sluice.dev/v1\nkind: Marker\nmetadata:\n  name: release-';
const markers =
  /^(?:---\n)?apiVersion: sluice\.dev\/v1\nkind: Marker\nmetadata:\n {2}name: release-(\d+)\n(?:---\n)?/gm;

/**
 * The files that `kustomize build render` needs to render several releases at once, by path, from those of each. What
 * they have in common stands there once: releases whose files do not differ under one name share a tree.
 */
export function layOutBatch(layouts: readonly ReadonlyMap<string, string>[]): Map<string, string> {
  const trees: Map<string, string>[] = [];
  const resources: string[] = [];
  const tops = new Map<string, string>();
  for (const [index, layout] of layouts.entries()) {
    const below = [...layout].filter(([path]) => !path.startsWith(`${renderRoot}/`));
    const fitting = trees.findIndex((tree) => below.every(([path, text]) => (tree.get(path) ?? text) === text));
    const number = fitting < 0 ? trees.push(new Map()) - 1 : fitting;
    for (const [path, text] of below) trees[number]?.set(path, text);
    const folder = `${number}/${renderRoot}-${index}`;
    for (const [path, text] of layout) {
      if (path.startsWith(`${renderRoot}/`)) tops.set(`${folder}${path.slice(renderRoot.length)}`, text);
    }
    tops.set(`${renderRoot}/${index}.yaml`, `${marker}${index}\n`);
    resources.push(`${index}.yaml`, `../${folder}`);
  }
  const kustomization = { sortOptions: { order: 'fifo' }, resources };
  tops.set(`${renderRoot}/kustomization.yaml`, kustomizationText(kustomization));
  const files = trees.flatMap((tree, number) => [...tree].map(([path, text]) => [`${number}/${path}`, text] as const));
  return new Map([...files, ...tops]);
}

/** What a batch rendered for each of its releases, in their order; undefined where it cannot be told apart. */
export function splitBatch(rendered: string, count: number): string[] | undefined {
  const found = [...rendered.matchAll(markers)];
  if (found.length !== count || found.some((each, index) => Number(each[1]) !== index)) return undefined;
  return found.map((each, index) => rendered.slice(each.index + each[0].length, found[index + 1]?.index));
}

/** A hash of all that a rendering is made of: every file, and what renders it, and how. */
export function renderKey(files: ReadonlyMap<string, string>, renderer: readonly string[]): string {
  return digestOf([...renderer, ...[...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat()]);
}
