import { createHash } from 'node:crypto';

/** What Git holds at one revision: each file's object id, and the text of those that were loaded. */
export interface Snapshot {
  revision: string;
  /** Object ids (40 hex digits) by path, files only. */
  tree: ReadonlyMap<string, string>;
  /** Contents by path; only of the folders that were asked for. */
  texts: ReadonlyMap<string, string>;
}

/** The first 16 hex digits of the SHA-256 of some parts, each told apart from the next. */
export function digestOf(parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest('hex').slice(0, 16);
}

/** One hash over the names and object ids of all files in some folders, or over single files. */
export function hashPaths(tree: Snapshot['tree'], paths: readonly string[]): string {
  const lines: string[] = [];
  for (const [path, oid] of tree) {
    if (paths.some((each) => path === each || path.startsWith(`${each}/`))) lines.push(`${path} ${oid}`);
  }
  return digestOf(lines.toSorted());
}

/** True where a folder has at least one file. */
export function hasFolder(tree: Snapshot['tree'], folder: string): boolean {
  for (const path of tree.keys()) if (path.startsWith(`${folder}/`)) return true;
  return false;
}
