import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readJson, writeAtomically } from '../files.ts';

type Known = Record<string, { size: number; modified: number; sha256: string }>;

/**
 * The sha256 in hex of a file that is large and seldom changes. What was found out is kept in the JSON file `memory`
 * and holds as long as the file's size and time of change do.
 */
export async function fingerprint(file: string, memory: string): Promise<string> {
  const { size, mtimeMs: modified } = await stat(file);
  const known = (await readJson<Known>(memory)) ?? {};
  const entry = known[file];
  if (entry?.size === size && entry.modified === modified) return entry.sha256;
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  const sha256 = hash.digest('hex');
  const latest = (await readJson<Known>(memory)) ?? {};
  await writeAtomically(memory, `${JSON.stringify({ ...latest, [file]: { size, modified, sha256 } }, undefined, 2)}\n`);
  return sha256;
}
