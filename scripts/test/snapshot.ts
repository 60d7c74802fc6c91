import { createHash } from 'node:crypto';
import { dirname, basename } from 'node:path';
import type { Folder, Snapshot } from '../src/core/snapshot.ts';

/** A revision of some files, with ids that differ where contents do, as Git's would. */
export function snapshotWith(files: Record<string, string>): Snapshot {
  const texts = new Map(Object.entries(files));
  const tree = new Map([...texts].map(([path, text]) => [path, idOf(text)]));
  const folders = new Map<string, Folder>();
  for (const path of tree.keys()) {
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
      if (folders.has(folder)) continue;
      const within = [...tree].filter(([each]) => each.startsWith(`${folder}/`));
      folders.set(folder, { id: idOf(within.flat().join(' ')), folders: [] });
    }
  }
  for (const path of folders.keys()) folders.get(dirname(path))?.folders.push(basename(path));
  return { revision: 'a'.repeat(40), tree, folders, texts };
}

function idOf(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}
