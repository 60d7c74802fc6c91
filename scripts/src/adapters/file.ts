import { existsSync } from 'node:fs';
import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UserError } from '../core/errors.ts';

/** The text of a file that a person in the folder `cwd` named; throws UserError (exit 2) where it cannot be read. */
export async function readText(cwd: string, file: string): Promise<string> {
  try {
    return await readFile(resolve(cwd, file), 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      hint: 'name a file that is there and may be read',
      exit: 'usage',
      cause: error,
    });
  }
}

/** Writes a file that a person in the folder `cwd` named, with its folder; throws UserError (exit 2) where that cannot be. */
export async function writeText(cwd: string, file: string, text: string): Promise<void> {
  const path = resolve(cwd, file);
  try {
    await makeFolder(dirname(path));
    await writeFile(path, text);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      hint: `name another place; ls -ld ${nearestThere(path)} shows what is there`,
      exit: 'usage',
      cause: error,
    });
  }
}

/** Makes a folder and those that it lies in. Node's `recursive` goes on for ever where a folder takes none, as /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    // Another process may have made it just now.
    if (!existsSync(folder)) throw error;
  });
}

/** The path, or the nearest of the folders that it lies in, that is there already. */
function nearestThere(path: string): string {
  return existsSync(path) ? path : nearestThere(dirname(path));
}

/** Where the program that runs really lies; undefined once it is gone. Another answer than before means that it was replaced. */
export async function ownCode(): Promise<string | undefined> {
  return realpath(process.argv[1] ?? '').catch(() => undefined);
}

/** A name for the code that runs, another one whenever any of it has changed; undefined where it is run as it is written. */
export function codeVersion(): string | undefined {
  return /\/command-line\/([0-9a-f]{16})\//.exec(import.meta.url)?.[1];
}
