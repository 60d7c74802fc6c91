import type { RemoteSettings } from '../adapters/remote.ts';
import { configFile, parseConfig, type Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import type { Snapshot } from '../core/snapshot.ts';

/** The configuration at a revision of main, as it applies on a remote; UserError where it is missing or wrong. */
export async function readConfig(
  main: Snapshot,
  { profile, registry }: Pick<RemoteSettings, 'profile' | 'registry'>,
): Promise<Config> {
  const text = main.texts.get(configFile);
  if (text === undefined) {
    throw new UserError(`${configFile} does not exist at ${main.revision.slice(0, 12)}`, {
      hint: 'add it at the top of main; docs/promotion.md has its keys',
    });
  }
  return parseWhole(text, { profile, registry });
}

/** The configuration among the files of a work tree, which nothing that a landing would refuse gets past; UserError as above, with exit 2. */
export async function configOfFiles(files: ReadonlyMap<string, string>, folder: string): Promise<Config> {
  const text = files.get(configFile);
  if (text === undefined) {
    throw new UserError(`${folder} has no ${configFile}`, {
      hint: 'add it there; docs/promotion.md has its keys',
      exit: 'usage',
    });
  }
  return parseWhole(text);
}

async function parseWhole(text: string, settings: Parameters<typeof parseConfig>[1] = {}): Promise<Config> {
  // Calendars take a while to load, and most configurations name none.
  const windowProblem = text.includes('windows')
    ? (await import('../core/freeze-windows.ts')).windowProblem
    : undefined;
  return parseConfig(text, { ...settings, windowProblem });
}
