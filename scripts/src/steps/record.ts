import type { Identity } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { formatRecord, recordPath, recordsBranch, type DeliveryRecord } from '../core/record.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** Writes records, all in one commit on the tip of their branch; a lost race is run again on the new tip. What stands already stays. */
export async function writeRecords(
  context: Context,
  repository: Repository,
  by: Identity,
  records: readonly DeliveryRecord[],
): Promise<void> {
  const { git, remote, writer } = repository;
  for (;;) {
    const head = await git.resolve(`${remoteRefs(remote)}/${recordsBranch}`);
    const paths = records.map(recordPath);
    const known = head === undefined || paths.length === 0 ? new Map() : (await git.snapshot(head, { paths })).tree;
    const fresh = records.filter((each) => !known.has(recordPath(each)));
    if (fresh.length === 0) return;
    const files = new Map(fresh.map((each) => [recordPath(each), formatRecord(each)]));
    const message = `Record ${fresh.map((each) => `${each.app} ${each.outcome.state} in ${each.environment}`).join(', ')}\n`;
    const at = Math.floor(context.clock.now().getTime() / 1000);
    const written = await writer.write(recordsBranch, { head, files, basis: [...files.keys()], message, by, at });
    if (written.state === 'landed') return;
    if (written.state === 'refused') {
      throw new UserError(`${remote.name} refused the record: ${written.reason}`, {
        hint: `it would have said: ${message.trim()}`,
      });
    }
    await git.fetch(remote.name);
  }
}
