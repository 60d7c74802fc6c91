import type { Git } from '../adapters/git.ts';
import { deployBranch } from '../core/branch-state.ts';
import { unknownName, UserError } from '../core/errors.ts';
import { parseRelease, type ReleaseFile } from '../core/release-file.ts';
import { findHead } from './branches.ts';

/** A release as an environment's branch had it from one commit on. */
export interface PastRelease {
  commit: string;
  release: ReleaseFile;
  /** The bytes of its release.yaml. */
  text: string;
}

/** What an environment has run of an app up to a revision of its branch, newest first. */
export async function releaseHistory(git: Git, revision: string, app: string): Promise<PastRelease[]> {
  const versions = await git.history(revision, `${app}/release.yaml`);
  return versions.map(({ commit, text }) => ({
    commit,
    text,
    release: parseRelease(text, `${commit.slice(0, 12)}:${app}/release.yaml`),
  }));
}

/** Whether an environment's history has a release of an app, by its id; without a branch it has none. */
export async function hasRelease(
  git: Git,
  refs: string,
  environment: string,
  app: string,
  id: string,
): Promise<boolean> {
  const head = await findHead(git, environment, refs);
  return head !== undefined && (await releaseHistory(git, head, app)).some(({ release }) => release.release === id);
}

/** The newest release of an app in an environment's history with this id, tag or digest; throws UserError where there is none. */
export async function findRelease(
  git: Git,
  refs: string,
  environment: string,
  app: string,
  named: string,
): Promise<PastRelease> {
  const history = await releaseHistory(git, `${refs}/${deployBranch(environment)}`, app);
  const found = history.find(({ release }) => [release.release, release.tag, release.digest].includes(named));
  if (found !== undefined) return found;
  const known = [...new Set(history.flatMap(({ release }) => [release.tag, release.release]))];
  if (known.length === 0) {
    throw new UserError(`${app} has never had a release in ${environment}`, {
      hint: `pnpm run status ${app} shows where it runs`,
      exit: 'usage',
    });
  }
  throw unknownName('release', named, known.slice(0, 20), `of ${app} in ${environment}`);
}
