import type { DeliveryRecord } from '../core/record.ts';
import { plainTable } from './table.ts';

/** One line for each record: when, where, what, by which verb, what became of it and why, who asked. */
export function historyTable(records: readonly DeliveryRecord[]): string {
  return plainTable(
    ['AT', 'ENVIRONMENT', 'VERSION', 'RELEASE', 'BY', 'OUTCOME'],
    records.map(({ at, environment, tag, release, verb, by, outcome }) => [
      at.replace(/\.\d+Z$/, 'Z'),
      environment,
      tag,
      release,
      `${verb}, ${by}`,
      `${outcome.state}: ${outcome.reason}`,
    ]),
  );
}
