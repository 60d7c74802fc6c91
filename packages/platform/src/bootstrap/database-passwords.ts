import { readIfThere, writeAtomically } from '../files.ts';
import type { Platform } from '../platform.ts';
import { databases, passwordsFor, type Passwords } from './databases.ts';

/**
 * The passwords of the databases in the settings, kept in the state folder beside the data, for its owner only: those
 * that are missing are made here, those of no database are dropped.
 */
export async function ensurePasswords({ paths, settings }: Pick<Platform, 'paths' | 'settings'>): Promise<Passwords> {
  const file = paths.databasePasswords;
  const kept = await readIfThere(file);
  const known = kept === undefined || kept === '' ? {} : (JSON.parse(kept) as Passwords);
  const passwords = passwordsFor(databases(settings), known);
  const text = `${JSON.stringify(passwords, undefined, 2)}\n`;
  if (text !== kept) await writeAtomically(file, text, 0o600);
  return passwords;
}
