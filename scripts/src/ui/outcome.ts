import type { DeliveryRecord } from '../core/record.ts';

/** The log of a container that is to blame. */
interface Blamed {
  pod?: string;
  container?: string;
  lines: readonly string[];
}

/** What became of one app of a landing, then the last lines of the log of what is to blame. */
export function describeOutcome({ app, tag, environment, outcome }: DeliveryRecord, why: Blamed | undefined): string {
  const lines = [`${app} ${tag} in ${environment}: ${outcome.state}, ${outcome.reason}`];
  if (why !== undefined && why.lines.length > 0) {
    lines.push(`  the last lines of pod ${why.pod ?? ''} container ${why.container ?? ''}:`);
    lines.push(...why.lines.map((each) => `    ${each}`));
  }
  return `${lines.join('\n')}\n`;
}
