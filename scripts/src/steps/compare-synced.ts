import type { OutcomeFacts } from '../core/outcome.ts';
import type { Plan } from '../core/plan.ts';
import type { Landing } from './land.ts';
import type { Repository } from './repository.ts';

/** Tells where a synced revision stands to a landing, by the bytes of the app's folder; asks Git once for each revision. */
export function createComparison(
  repository: Repository,
  landing: Landing<Plan>,
  app: string,
): (revision: string | undefined) => Promise<OutcomeFacts['synced']> {
  const { git, remote } = repository;
  const known = new Map<string, OutcomeFacts['synced']>([[landing.commit, 'landed']]);
  async function find(revision: string): Promise<OutcomeFacts['synced']> {
    if ((await git.resolve(revision)) === undefined) await git.fetch(remote.name);
    if (!(await git.isAncestor(landing.commit, revision))) return 'before';
    const folders = await git.run(['rev-parse', `${landing.commit}:${app}`, `${revision}:${app}`], { nothrow: true });
    const [landed, synced] = folders.stdout.split('\n');
    return folders.code === 0 && landed === synced ? 'landed' : 'later';
  }
  return async (revision) => {
    if (revision === undefined || revision === '') return 'before';
    const found = known.get(revision) ?? (await find(revision));
    known.set(revision, found);
    return found;
  };
}
