import { parseAllDocuments } from 'yaml';
import { isGrave } from './diff/risk.ts';

export interface ObjectChanges {
  added: string[];
  changed: string[];
  removed: string[];
}

/** Which Kubernetes objects two renderings differ in, as `Kind/name`; of the removed ones those that take data with them first. */
export function changedObjects(before: string, after: string): ObjectChanges {
  const old = objects(before);
  const now = objects(after);
  const removed = [...old.keys()].filter((key) => !now.has(key));
  const grave = (key: string): boolean => isGrave(key.slice(0, key.indexOf('/')));
  return {
    added: [...now.keys()].filter((key) => !old.has(key)),
    changed: [...now].filter(([key, text]) => old.has(key) && old.get(key) !== text).map(([key]) => key),
    removed: removed.toSorted((a, b) => Number(grave(b)) - Number(grave(a))),
  };
}

/** The text of each object by its name: Kustomize writes the same object in the same way. */
function objects(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const document of parseAllDocuments(text)) {
    if (!('contents' in document) || document.contents === null) continue;
    const name = `${String(document.get('kind'))}/${String(document.getIn(['metadata', 'name']))}`;
    found.set(name, text.slice(document.contents.range[0], document.contents.range[1]).trim());
  }
  return found;
}
