import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Paths } from '../../state.ts';
import { nodeConfigFolder } from './layout.ts';

/** A hash over certificates and configuration, so that processes restart when one of them has changed. */
export async function revisionOf(paths: Paths): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of [paths.pki, nodeConfigFolder(paths)]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'));
    for (const file of files.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
      hash
        .update(file)
        .update('\0')
        .update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}
