import { execFile } from 'node:child_process';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The top of this repository. */
export const root = join(import.meta.dirname, '../..');

/** Copies this repository as it is to a folder, with a Git repository of its own in which nothing is committed. */
export async function copyRepository(folder: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 1e8,
  });
  const paths = stdout.split('\0').filter((each) => each !== '');
  await Promise.all(paths.map((path) => cp(join(root, path), join(folder, path))));
  await run('git', ['init', '-q', '-b', 'main'], { cwd: folder });
  await run('git', ['add', '--all'], { cwd: folder });
}
