import { firstCommits } from '../core/first-commit.ts';
import type { Git } from './git.ts';
import type { Identity } from '../core/identity.ts';

/**
 * Makes the first commits of the branches that environments and records need, but for those that are there. Gives them by
 * branch; no branch is touched.
 */
export async function makeFirstCommits(
  git: Pick<Git, 'commit'>,
  environments: readonly string[],
  { by, at, there }: { by: Identity; at: number; there: readonly string[] },
): Promise<Map<string, string>> {
  const made = new Map<string, string>();
  for (const [branch, first] of firstCommits(environments)) {
    if (there.includes(branch)) continue;
    const [commit = ''] = await git.commit(undefined, { ...first, by, at });
    made.set(branch, commit);
  }
  return made;
}
