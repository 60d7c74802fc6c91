import { readdir } from 'node:fs/promises';
import { isErrno } from '../files.ts';

/** The numbers of the files `<number>.json` in a folder, ascending; none where the folder does not exist. */
export async function numbersIn(folder: string): Promise<number[]> {
  try {
    const names = await readdir(folder);
    return names
      .flatMap((name) => (/^\d+\.json$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .toSorted((a, b) => a - b);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}
