import type { Git } from '../adapters/git.ts';
import { below } from '../adapters/git-trees.ts';
import { deployBranch, isStateFile, readBranchState, type BranchState } from '../core/branch-state.ts';
import type { Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { policyFolder } from '../core/policy.ts';
import { parseRecord, recordsBranch, type DeliveryRecord } from '../core/record.ts';
import { isObservationPath, parseObservation, type Observation } from '../core/soak/observation.ts';

/** The head of an environment's branch as the remote had it when fetched; undefined where nobody has made it yet. */
export async function findHead(git: Git, environment: string, refs: string): Promise<string | undefined> {
  return git.resolve(`${refs}/${deployBranch(environment)}`);
}

/** The same; UserError where there is none. */
export async function branchHead(git: Git, environment: string, refs: string): Promise<string> {
  const head = await findHead(git, environment, refs);
  if (head === undefined) {
    throw new UserError(`the branch ${deployBranch(environment)} does not exist`, {
      hint: 'locally pnpm start makes it, elsewhere pnpm run init',
    });
  }
  return head;
}

/** The state of an environment's branch as the remote had it when fetched; of some apps only, where they are named. */
export async function branchState(
  git: Git,
  environment: string,
  refs: string,
  apps?: readonly string[],
): Promise<BranchState> {
  return stateAt(git, environment, await branchHead(git, environment, refs), apps);
}

/** The state of an environment's branch at one of its commits; of some apps only, where they are named, and of its files only those `wanted`. */
export async function stateAt(
  git: Git,
  environment: string,
  commit: string,
  apps?: readonly string[],
  wanted: (path: string) => boolean = isStateFile,
): Promise<BranchState> {
  const within = apps === undefined ? undefined : below([policyFolder, ...apps]);
  return readBranchState(environment, await git.snapshot(commit, { within, wanted }));
}

/** The state of an environment's branch, with the commit that each app landed with. */
export async function landedState(
  git: Git,
  environment: string,
  refs: string,
): Promise<{ state: BranchState; commits: Map<string, string> }> {
  const state = await branchState(git, environment, refs);
  return { state, commits: await git.lastChanges(state.head) };
}

/** The records of some apps in all environments; none where the branch does not exist yet. */
export async function readRecords(
  git: Git,
  config: Config,
  apps: readonly string[],
  refs: string,
): Promise<DeliveryRecord[]> {
  const texts = await readEvents(git, config, apps, refs, (path) => !isObservationPath(path));
  return texts.flatMap((text) => parseRecord(text) ?? []);
}

/** When some apps were healthy and when not, in all environments. */
export async function readObservations(
  git: Git,
  config: Config,
  apps: readonly string[],
  refs: string,
): Promise<Observation[]> {
  const texts = await readEvents(git, config, apps, refs, isObservationPath);
  return texts.flatMap((text) => parseObservation(text) ?? []);
}

async function readEvents(
  git: Git,
  config: Config,
  apps: readonly string[],
  refs: string,
  wanted: (path: string) => boolean,
): Promise<string[]> {
  const head = await git.resolve(`${refs}/${recordsBranch}`);
  if (head === undefined || apps.length === 0) return [];
  const paths = config.environments.flatMap((each) => apps.map((app) => `${each.name}/${app}`));
  const { texts } = await git.snapshot(head, {
    within: below(paths),
    wanted: (path) => path.endsWith('.json') && wanted(path),
  });
  return [...texts.values()];
}
