import * as z from 'zod/mini';
import { verbs } from './gates/gate.ts';

const schema = z.object({
  app: z.string(),
  environment: z.string(),
  release: z.string(),
  digest: z.string(),
  tag: z.string(),
  verb: z.enum(verbs),
  intent: z.string(),
  /** The commit on the deploy branch. */
  landing: z.string(),
  by: z.string(),
  /** The gates that an override passed over, and why. */
  overridden: z.optional(z.array(z.string())),
  why: z.optional(z.string()),
  /** When the outcome was known, ISO 8601. */
  at: z.string(),
  outcome: z.object({
    state: z.enum(['verified', 'retired', 'failed', 'aborted', 'timed-out', 'superseded', 'unknown']),
    reason: z.string(),
    initial: z.optional(z.boolean()),
    applied: z.optional(z.boolean()),
  }),
});

/** What became of one landing of one app, as one JSON file on the records' branch. */
export type DeliveryRecord = z.infer<typeof schema>;

/** The branch that keeps what happened. */
export const recordsBranch = 'delivery-records';

/**
 * Where a record stands on its branch: one file for each outcome of a landing of an app, so that writing it twice
 * changes nothing, and an outcome that was unknown can still become known.
 */
export function recordPath({ app, environment, landing, outcome }: DeliveryRecord): string {
  return `${environment}/${app}/${landing.slice(0, 12)}-${outcome.state}.json`;
}

export function formatRecord(record: DeliveryRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Reads a record; undefined for a file that is not one, since records can only open gates. */
export function parseRecord(text: string): DeliveryRecord | undefined {
  try {
    return z.safeParse(schema, JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** What is known of one landing of an app: the newest outcome on record, one that is known before one that is not. */
export function lastWord(
  records: readonly DeliveryRecord[],
  app: string,
  environment: string,
  landing: string | undefined,
): DeliveryRecord | undefined {
  const own = records
    .filter((each) => each.app === app && each.environment === environment && each.landing === landing)
    .toSorted((a, b) => a.at.localeCompare(b.at));
  return own.findLast((each) => each.outcome.state !== 'unknown') ?? own.at(-1);
}

/** The verb of a landing in words: an override with the gates that it passed over. */
export function describeVerb({ verb, overridden }: Pick<DeliveryRecord, 'verb' | 'overridden'>): string {
  return overridden === undefined ? verb : `${verb} of ${overridden.join(', ')}`;
}

/** Whether an outcome says how its release works; that of a retirement says how its removal went. */
export function isAboutRelease({ verb }: Pick<DeliveryRecord, 'verb'>): boolean {
  return verb !== 'retirement';
}

/** The records of one app among many. */
export function recordsOf(records: readonly DeliveryRecord[], app: string): DeliveryRecord[] {
  return records.filter((each) => each.app === app);
}
