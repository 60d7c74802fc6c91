import { createHash } from 'node:crypto';

/** A folder at one revision. */
export interface Folder {
  /** The object id of its tree, 40 hex digits: equal where all that lies in it is equal. */
  id: string;
  /** The names of the folders in it. */
  folders: string[];
}

/** What Git holds at one revision: each file's object id, each folder, and the text of those files that were loaded. */
export interface Snapshot {
  revision: string;
  /** Object ids (40 hex digits) by path, files only. */
  tree: ReadonlyMap<string, string>;
  /** By path. */
  folders: ReadonlyMap<string, Folder>;
  /** Contents by path; only of the files that were asked for. */
  texts: ReadonlyMap<string, string>;
}

/** The first 16 hex digits of the SHA-256 of some parts, each told apart from the next. */
export function digestOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

/** One hash over some folders and files with all that lies in them; what does not exist adds nothing. */
export function hashPaths({ tree, folders }: Snapshot, paths: readonly string[]): string {
  const lines = paths.flatMap((path) => {
    const id = folders.get(path)?.id ?? tree.get(path);
    return id === undefined ? [] : [`${path} ${id}`];
  });
  return digestOf(lines.toSorted());
}
