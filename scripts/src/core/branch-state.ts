import { policyFiles, policyFolder, readPolicy, type Policy } from './policy.ts';
import { parseRelease, type ReleaseFile } from './release-file.ts';
import type { Snapshot } from './snapshot.ts';

/** What an environment's deploy branch says at one commit. */
export interface BranchState {
  environment: string;
  head: string;
  releases: ReadonlyMap<string, ReleaseFile>;
  manifests: ReadonlyMap<string, string>;
  policy: Policy;
}

/** The branch that an environment runs. */
export function deployBranch(environment: string): string {
  return `deploy/${environment}`;
}

/** Whether a folder on a deploy branch is an app's; the other one holds what stops them. */
export function isAppFolder(folder: string): boolean {
  return folder !== policyFolder;
}

/** The two files of an app on a deploy branch. */
export function releasePaths(app: string): string[] {
  return [`${app}/manifests.yaml`, `${app}/release.yaml`];
}

/** Whether a path on a deploy branch is one of the files that make its state; nothing else belongs there. */
export function isStateFile(path: string): boolean {
  return /^[^/]+\/(release|manifests)\.yaml$/.test(path) || policyFiles.includes(path);
}

/** Reads the state of a deploy branch from a snapshot with all its texts; UserError for a release.yaml that is none. */
export function readBranchState(environment: string, snapshot: Snapshot): BranchState {
  const releases = new Map<string, ReleaseFile>();
  const manifests = new Map<string, string>();
  for (const [path, text] of snapshot.texts) {
    const [app = '', file] = path.split('/');
    if (file === 'release.yaml') releases.set(app, parseRelease(text, `${deployBranch(environment)}:${path}`));
    if (file === 'manifests.yaml') manifests.set(app, text);
  }
  const policy = readPolicy(snapshot.texts, deployBranch(environment));
  return { environment, head: snapshot.revision, releases, manifests, policy };
}
