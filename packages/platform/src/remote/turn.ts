import { existsSync } from 'node:fs';
import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno, readJson, writeAtomically } from '../files.ts';
import { identify, isAlive, type ProcessId } from '../linux/process.ts';
import { numbersIn } from './numbers.ts';

/** Who runs the pipeline: the content of `turns/<g>.json`. */
export interface Holder extends ProcessId {
  /** ISO time. */
  since: string;
  released?: true;
}

export interface Turn {
  release(): Promise<void>;
}

/**
 * Takes the turn to run the pipeline, or says who has it.
 *
 * Each turn is a file `<g>.json` with a number one above the last, made in one step with its content, so that of many
 * who see a released or dead turn exactly one makes the next. The highest number counts; it is never removed, only
 * followed, so that nobody who looked a moment ago can make a number anew that others have seen pass.
 */
export async function takeTurn(folder: string): Promise<Turn | Holder> {
  // Not with its parents: a runner that comes after the remote was removed must not bring parts of it back.
  if (!existsSync(folder)) await mkdir(folder);
  const self = identify(process.pid);
  if (self === undefined) throw new Error(`process ${process.pid} is not listed`);
  const mine: Holder = { ...self, since: new Date().toISOString() };
  const draft = join(folder, `${process.pid}.tmp`);
  await writeFile(draft, JSON.stringify(mine));
  try {
    for (;;) {
      const last = (await numbersIn(folder)).at(-1) ?? 0;
      const holder = await readTurn(folder, last);
      if (holder !== undefined) return holder;
      const next = last + 1;
      if (!(await linkIfFree(draft, turnFile(folder, next)))) continue;
      const numbers = await numbersIn(folder);
      if (numbers.at(-1) !== next) {
        await rm(turnFile(folder, next), { force: true });
        continue;
      }
      await Promise.all(numbers.slice(0, -1).map((number) => rm(turnFile(folder, number), { force: true })));
      return {
        release: async () => await writeAtomically(turnFile(folder, next), JSON.stringify({ ...mine, released: true })),
      };
    }
  } finally {
    await rm(draft, { force: true });
  }
}

/** The live process whose turn it is, if there is one. */
export async function turnHolder(folder: string): Promise<Holder | undefined> {
  return await readTurn(folder, (await numbersIn(folder)).at(-1) ?? 0);
}

async function readTurn(folder: string, number: number): Promise<Holder | undefined> {
  const holder = await readJson<Holder>(turnFile(folder, number));
  return holder !== undefined && holder.released !== true && isAlive(holder) ? holder : undefined;
}

async function linkIfFree(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

function turnFile(folder: string, number: number): string {
  return join(folder, `${number}.json`);
}
