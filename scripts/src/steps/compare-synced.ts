import type { Standing } from '../core/outcome/index.ts';
import type { Plan } from '../core/plan.ts';
import type { Landing } from './land.ts';
import type { Repository } from './repository.ts';

/** Tells where a synced revision stands to a landing, by the bytes of the app's folder; asks Git once for each revision. */
export function createComparison(
  repository: Repository,
  landing: Landing<Plan>,
  app: string,
): (revision: string | undefined) => Promise<Standing> {
  const { git, remote } = repository;
  const known = new Map<string, Standing>([[landing.commit, 'landed']]);
  async function find(revision: string): Promise<Standing> {
    if ((await git.resolve(revision)) === undefined) await git.fetch(remote.name);
    if (!(await git.isAncestor(landing.commit, revision))) return 'before';
    const folders = await Promise.all([landing.commit, revision].map((each) => git.objectId(`${each}:${app}`)));
    return folders[0] !== undefined && folders[0] === folders[1] ? 'landed' : 'later';
  }
  return async (revision) => {
    if (revision === undefined || revision === '') return 'before';
    const found = known.get(revision) ?? (await find(revision));
    known.set(revision, found);
    return found;
  };
}
