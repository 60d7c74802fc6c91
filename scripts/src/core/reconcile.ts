import { lastWord, type DeliveryRecord } from './record.ts';
import type { ReleaseFile } from './release-file.ts';

/** What an environment runs of an app, the commit that brought it, and what is on record of that. */
export interface Landed {
  app: string;
  environment: string;
  commit: string;
  /** Of a retirement the one that went. */
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

/** What became of it is not known for good: nobody has written it down, could find it out, or waited long enough. */
export function isOpen({ record }: Landed): boolean {
  return record === undefined || record.outcome.state === 'unknown' || record.outcome.state === 'timed-out';
}

/** It went wrong, and what went wrong still is what Git asks for. */
export function isBroken({ record }: Landed): boolean {
  return record?.outcome.state === 'failed' || record?.outcome.state === 'aborted';
}

/** What was verified once went wrong as well: the reason lies elsewhere, and going back further would only spread it. */
export function isBeyondRepair(landed: Landed): boolean {
  return isBroken(landed) && landed.record?.verb === 'rollback';
}
