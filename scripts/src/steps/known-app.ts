import { isAppFolder } from '../core/branch-state.ts';
import { unknownName } from '../core/errors.ts';
import { findHead } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** Throws UserError (exit 2) with the nearest name for an app that is neither configured nor was ever on a deploy branch. */
export async function requireKnownApp({ git, config, remote }: Repository, app: string): Promise<void> {
  if (Object.hasOwn(config.apps, app)) return;
  const known = new Set(Object.keys(config.apps));
  for (const { name } of config.environments) {
    const head = await findHead(git, name, remoteRefs(remote));
    if (head === undefined) continue;
    for (const folder of (await git.lastChanges(head)).keys()) if (isAppFolder(folder)) known.add(folder);
  }
  if (!known.has(app)) throw unknownName('app', app, [...known]);
}
