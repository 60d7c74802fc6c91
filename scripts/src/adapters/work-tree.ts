import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Git } from './git.ts';

/** The texts of the files in some folders as they are now, with those that Git does not know yet and without those that it ignores. */
export async function readWorkTree(git: Git, folder: string, paths: readonly string[]): Promise<Map<string, string>> {
  const listed = await git.run(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...paths]);
  const files = new Map<string, string>();
  for (const path of new Set(listed.stdout.split('\0').filter((each) => each !== ''))) {
    const text = textOf(join(folder, path));
    if (text !== undefined) files.set(path, text);
  }
  return files;
}

/** The paths that differ from a commit, or that Git does not know yet. */
export async function changedPaths(git: Git, commit: string): Promise<string[]> {
  const [differ, added] = await Promise.all([
    git.run(['diff', '--name-only', '-z', '--no-renames', commit]),
    git.run(['ls-files', '-z', '--others', '--exclude-standard']),
  ]);
  return `${differ.stdout}\0${added.stdout}`.split('\0').filter((each) => each !== '');
}

/** Undefined where the file was removed but not from the index. */
function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
