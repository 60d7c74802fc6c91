import { pairObjects, parseObjects } from './objects.ts';
import { isGrave } from './risk.ts';
import { compareText } from './text.ts';

export interface Deletions {
  /** Removed objects that take data or other objects with them, as `Kind/name`. */
  grave: string[];
  /** How many objects there were, and how many of them disappear. */
  objects: number;
  removed: number;
  /** More than the share of all objects disappears, and at least two. */
  many: boolean;
  /** There were objects, and none is left. */
  empty: boolean;
}

/** The removals of a change that nobody wants by accident; `where` names the app and its environment. */
export function dangerousDeletions(
  before: string,
  after: string,
  where: string,
  { share = 0.3 }: { share?: number } = {},
): Deletions {
  const [old, now] = [parseObjects(before, where), parseObjects(after, where)];
  const removed = pairObjects(old, now).flatMap((pair) => (pair.after === undefined ? (pair.before ?? []) : []));
  return {
    grave: removed
      .filter(({ kind }) => isGrave(kind))
      .map(({ kind, name }) => `${kind}/${name}`)
      .toSorted(compareText),
    objects: old.length,
    removed: removed.length,
    many: removed.length >= 2 && removed.length > share * old.length,
    empty: old.length > 0 && now.length === 0,
  };
}
