import { describeVerb, type DeliveryRecord } from '../core/record.ts';
import type { Observation } from '../core/soak/observation.ts';
import { plainTable } from './table.ts';

/** One line for each record: when, where, what, by which verb, what became of it and why, who asked. */
export function historyTable(entries: readonly (DeliveryRecord | Observation)[]): string {
  return plainTable(
    ['AT', 'ENVIRONMENT', 'VERSION', 'RELEASE', 'BY', 'OUTCOME'],
    entries.map((each) => [
      endOf(each).replace(/\.\d+Z$/, 'Z'),
      each.environment,
      each.tag,
      each.release,
      ...('outcome' in each
        ? [
            `${describeVerb(each)}, ${each.by}${each.why === undefined ? '' : `: ${each.why}`}`,
            `${each.outcome.state}: ${each.outcome.reason}`,
          ]
        : ['observation', `unhealthy since ${each.from.replace(/\.\d+Z$/, 'Z')}: ${each.reason}`]),
    ]),
  );
}

/** When an outcome was known, or an observation ended. */
export function endOf(each: DeliveryRecord | Observation): string {
  return 'outcome' in each ? each.at : each.to;
}
