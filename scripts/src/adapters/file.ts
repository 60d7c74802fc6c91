import { mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../core/errors.ts';

/** The text of a file that a person named; throws UserError (exit 2) where it cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UserError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      exit: 'usage',
      cause: error,
    });
  }
}

/** Writes a file that a person named, with its folder; throws UserError (exit 2) where that cannot be. */
export async function writeText(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new UserError(`${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`, {
      exit: 'usage',
      cause: error,
    });
  }
}

/** Where the program that runs really lies; undefined once it is gone. Another answer than before means that it was replaced. */
export async function ownCode(): Promise<string | undefined> {
  return realpath(process.argv[1] ?? '').catch(() => undefined);
}
