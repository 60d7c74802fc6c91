import { below } from '../adapters/git-trees.ts';
import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { formatRecord, recordPath, recordsBranch, type DeliveryRecord } from '../core/record.ts';
import { formatObservation, observationPath, type Observation } from '../core/soak/observation.ts';
import { mostAttempts } from './land.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** A file of the records' branch, with what its commit says of it. */
export interface RecordFile {
  path: string;
  text: string;
  title: string;
}

/** Writes records, all in one commit. */
export async function writeRecords(
  context: Context,
  repository: Repository,
  by: Identity,
  records: readonly DeliveryRecord[],
): Promise<void> {
  const files = records.map((each) => ({
    path: recordPath(each),
    text: formatRecord(each),
    title: `${each.app} ${each.outcome.state} in ${each.environment}`,
  }));
  await addToRecords(context, repository, by, 'Record', files);
}

/** Writes observations as records are written. */
export async function writeObservations(
  context: Context,
  repository: Repository,
  by: Identity,
  observations: readonly Observation[],
): Promise<void> {
  const files = observations.map((each) => ({
    path: observationPath(each),
    text: formatObservation(each),
    title: `${each.app} ${each.healthy ? 'healthy' : 'unhealthy'} in ${each.environment}`,
  }));
  await addToRecords(context, repository, by, 'Observe', files);
}

/**
 * Adds files to the records' branch, all in one commit on its tip; a lost race is run again on the new tip. What stands
 * already stays. Gives the files that were added and their commit; undefined where none was. Throws UserError where the remote refuses.
 */
export async function addToRecords(
  context: Context,
  { git, remote, github, writer }: Pick<Repository, 'git' | 'remote' | 'github' | 'writer'>,
  by: Identity,
  verb: string,
  files: readonly RecordFile[],
): Promise<{ commit: string; files: RecordFile[] } | undefined> {
  const most = mostAttempts({ github });
  for (let attempt = 1; attempt <= most; attempt++) {
    const head = await git.resolve(`${remoteRefs(remote)}/${recordsBranch}`);
    const paths = files.map(({ path }) => path);
    const known = head === undefined ? undefined : (await git.snapshot(head, { within: below(paths) })).tree;
    const fresh = files.filter(({ path }) => known?.has(path) !== true);
    if (fresh.length === 0) return undefined;
    const message = `${verb} ${[...new Set(fresh.map(({ title }) => title))].join(', ')}\n`;
    const at = Math.floor(context.clock.now().getTime() / 1000);
    const texts = new Map(fresh.map(({ path, text }) => [path, text]));
    const written = await writer.write(recordsBranch, {
      head,
      files: texts,
      basis: [...texts.keys()],
      message,
      by,
      at,
    });
    if (written.state === 'landed') return { commit: written.commit, files: fresh };
    if (written.state === 'refused') {
      throw new UserError(`${remote.name} refused the record: ${written.reason}`, {
        hint: `it would have said: ${message.trim()}`,
      });
    }
    await git.fetch(remote.name);
  }
  throw new UserError(`${recordsBranch} moved ${most} times while this was recorded; nothing was written`, {
    hint: 'pnpm run reconcile records it later',
    exit: 'superseded',
  });
}
