import { lastWord, type DeliveryRecord } from './record.ts';
import type { ReleaseFile } from './release-file.ts';

/** What an environment runs of an app, the commit that brought it, and what is on record of that. */
export interface Landed {
  app: string;
  environment: string;
  commit: string;
  release: ReleaseFile;
  record: DeliveryRecord | undefined;
}

/** What runs in an environment with the last word on each landing: a known outcome before an unknown one. */
export function readLandings(
  environment: string,
  releases: ReadonlyMap<string, ReleaseFile>,
  commits: ReadonlyMap<string, string>,
  records: readonly DeliveryRecord[],
): Landed[] {
  return [...releases].flatMap(([app, release]) => {
    const commit = commits.get(app);
    if (commit === undefined) return [];
    const record = lastWord(records, app, environment, commit);
    return [{ app, environment, commit, release, record }];
  });
}

/** Nobody has written down yet what became of it. */
export function isOpen({ record }: Landed): boolean {
  return record === undefined || record.outcome.state === 'unknown';
}

/** It went wrong, and what went wrong still is what Git asks for. */
export function isBroken({ record }: Landed): boolean {
  return record?.outcome.state === 'failed' || record?.outcome.state === 'aborted';
}
