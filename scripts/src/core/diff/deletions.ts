import { pairObjects, parseObjects } from './objects.ts';
import { isGrave } from './risk.ts';
import { compareText } from './text.ts';

export interface Deletions {
  /** Removed objects that take data or other objects with them, as `Kind/name`. */
  grave: string[];
  /** How many objects there were. */
  objects: number;
  /** Those that disappear, as `Kind/name`, the grave ones first. */
  removed: string[];
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
  const names = (objects: typeof removed): string[] =>
    objects.map(({ kind, name }) => `${kind}/${name}`).toSorted(compareText);
  const grave = names(removed.filter(({ kind }) => isGrave(kind)));
  return {
    grave,
    objects: old.length,
    removed: [...grave, ...names(removed.filter(({ kind }) => !isGrave(kind)))],
    many: removed.length >= 2 && removed.length > share * old.length,
    empty: old.length > 0 && now.length === 0,
  };
}
