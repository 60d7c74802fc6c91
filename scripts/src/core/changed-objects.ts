import { parseDocument } from 'yaml';
import { isGrave } from './diff/risk.ts';

export interface ObjectChanges {
  added: string[];
  changed: string[];
  removed: string[];
}

/** Which Kubernetes objects two renderings differ in, as `Kind/name`; of the removed ones those that take data with them first. */
export function changedObjects(before: string, after: string): ObjectChanges {
  const [ones, others] = [documentsOf(before), documentsOf(after)];
  // Most of a rendering is as it was, and not worth reading.
  const old = objects(ones.difference(others));
  const now = objects(others.difference(ones));
  const removed = [...old.keys()].filter((key) => !now.has(key));
  const grave = (key: string): boolean => isGrave(key.slice(0, key.indexOf('/')));
  return {
    added: [...now.keys()].filter((key) => !old.has(key)),
    changed: [...now].filter(([key, text]) => old.has(key) && old.get(key) !== text).map(([key]) => key),
    removed: removed.toSorted((a, b) => Number(grave(b)) - Number(grave(a))),
  };
}

/** The texts that lines of three dashes part, which YAML allows in none of them. */
function documentsOf(text: string): Set<string> {
  return new Set(text.split(/^---$/m).map((each) => each.trim()));
}

/** The text of each object by its name: Kustomize writes the same object in the same way. */
function objects(texts: ReadonlySet<string>): Map<string, string> {
  return new Map(
    [...texts].flatMap((text): [string, string][] => {
      const document = parseDocument(text);
      if (document.contents === null) return [];
      return [[`${String(document.get('kind'))}/${String(document.getIn(['metadata', 'name']))}`, text]];
    }),
  );
}
