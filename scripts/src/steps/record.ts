import type { Identity } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { formatRecord, recordPath, recordsBranch, type DeliveryRecord } from '../core/record.ts';
import { formatObservation, observationPath, type Observation } from '../core/soak/observation.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** Writes records, all in one commit on the tip of their branch; a lost race is run again on the new tip. What stands already stays. */
export async function writeRecords(
  context: Context,
  repository: Repository,
  by: Identity,
  records: readonly DeliveryRecord[],
): Promise<void> {
  const events = records.map((each) => ({
    path: recordPath(each),
    text: formatRecord(each),
    title: `${each.app} ${each.outcome.state} in ${each.environment}`,
  }));
  await addEvents(context, repository, by, 'Record', events);
}

/** Writes observations as records are written. */
export async function writeObservations(
  context: Context,
  repository: Repository,
  by: Identity,
  observations: readonly Observation[],
): Promise<void> {
  const events = observations.map((each) => ({
    path: observationPath(each),
    text: formatObservation(each),
    title: `${each.app} ${each.healthy ? 'healthy' : 'unhealthy'} in ${each.environment}`,
  }));
  await addEvents(context, repository, by, 'Observe', events);
}

/** One file of the records' branch, and what it says in a few words. */
interface Event {
  path: string;
  text: string;
  title: string;
}

async function addEvents(
  context: Context,
  { git, remote, writer }: Repository,
  by: Identity,
  verb: string,
  events: readonly Event[],
): Promise<void> {
  for (;;) {
    const head = await git.resolve(`${remoteRefs(remote)}/${recordsBranch}`);
    const paths = events.map(({ path }) => path);
    const known = head === undefined || paths.length === 0 ? new Map() : (await git.snapshot(head, { paths })).tree;
    const fresh = events.filter(({ path }) => !known.has(path));
    if (fresh.length === 0) return;
    const files = new Map(fresh.map(({ path, text }) => [path, text]));
    const message = `${verb} ${[...new Set(fresh.map(({ title }) => title))].join(', ')}\n`;
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
