import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from './git.ts';

/** Renderings by the hash of all that they were made of. Only time depends on it: what it does not have is rendered. */
export interface RenderCache {
  get(key: string): Promise<string | undefined>;
  put(key: string, text: string): Promise<void>;
}

/** Renderings that nobody has asked for so long are forgotten, in milliseconds. */
const keptFor = 14 * 24 * 3600 * 1000;

/** The cache of a clone, which all its work trees share; what nobody has asked for in two weeks is gone from it. */
export async function openRenderCache(git: Git, now: Date): Promise<RenderCache> {
  const common = await git.run(['rev-parse', '--path-format=absolute', '--git-common-dir']);
  const folder = join(common.stdout.trim(), 'sluice/renderings');
  await prune(folder, new Date(now.getTime() - keptFor));
  return createRenderCache(folder);
}

/** A cache in a folder, one file for each rendering, with its hash on the first line: a file that was changed is not used. */
function createRenderCache(folder: string): RenderCache {
  return {
    async get(key) {
      const file = join(folder, key);
      const kept = await readFile(file, 'utf8').catch(() => undefined);
      if (kept === undefined) return undefined;
      const end = kept.indexOf('\n');
      const text = kept.slice(end + 1);
      if (kept.slice(0, end) !== hashOf(text)) return undefined;
      const now = new Date();
      await utimes(file, now, now).catch(() => {});
      return text;
    },
    async put(key, text) {
      const part = join(folder, `${key}.${randomUUID()}`);
      await mkdir(folder, { recursive: true });
      await writeFile(part, `${hashOf(text)}\n${text}`);
      await rename(part, join(folder, key));
    },
  };
}

/** Forgets what nobody has asked for since a time. */
async function prune(folder: string, before: Date): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names.map(async (name) => {
      const file = join(folder, name);
      const used = await stat(file).catch(() => undefined);
      if (used !== undefined && used.mtime < before) await rm(file, { force: true });
    }),
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
