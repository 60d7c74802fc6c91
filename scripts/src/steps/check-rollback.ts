import type { BranchState } from '../core/branch-state.ts';
import { holdsOn, quarantineOf } from '../core/policy.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { isImageOf } from '../core/rollback.ts';
import type { DeployBranchCheck } from './check-verdicts.ts';
import { releaseHistory } from './find-release.ts';
import { readRecords } from './branches.ts';

/**
 * True where an app's folder gets exactly the bytes of an earlier state that was verified here, and what is left behind
 * cannot come back by itself: a hold keeps what is restored, or a quarantine what is left.
 */
export async function isRollback(
  facts: DeployBranchCheck,
  app: string,
  old: BranchState,
  next: BranchState,
): Promise<boolean> {
  const { git, config, refs, now } = facts;
  const [left, restored] = [old.releases.get(app), next.releases.get(app)];
  const held = holdsOn(next.policy, app, now).length > 0;
  const banned = left !== undefined && quarantineOf(next.policy, app, left, now) !== undefined;
  if (!held && !banned && left?.release !== restored?.release) return false;
  const earlier = new Set(await commitsWith(facts, app));
  if (earlier.size === 0) return false;
  const records = await readRecords(git, config, [app], refs);
  return records.some((each) => each.outcome.state === 'verified' && earlier.has(each.landing));
}

/** True where what runs gets the image of an earlier state that was verified here and nothing else, with a hold on it. */
export async function isImageRollback(
  { git, config, refs, now, old: before }: DeployBranchCheck,
  app: string,
  release: ReleaseFile,
  old: BranchState,
  next: BranchState,
): Promise<boolean> {
  const running = old.releases.get(app);
  if (running === undefined || holdsOn(next.policy, app, now).length === 0) return false;
  const [history, records] = await Promise.all([
    releaseHistory(git, before, app),
    readRecords(git, config, [app], refs),
  ]);
  return history
    .filter((earlier) => isImageOf(release, running, earlier))
    .some(({ commit }) => records.some((each) => each.outcome.state === 'verified' && each.landing === commit));
}

/** The commits of this branch before the change at which the app's folder had exactly these bytes. */
async function commitsWith({ git, ...facts }: DeployBranchCheck, app: string): Promise<string[]> {
  const [wanted, commits] = await Promise.all([git.objectId(`${facts.new}:${app}`), git.commits(facts.old, app)]);
  const folders = await Promise.all(commits.map((commit) => git.objectId(`${commit}:${app}`)));
  return commits.filter((_, index) => folders[index] === wanted);
}
