import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { exitCodes, worstExit } from '../core/errors.ts';
import { outcomeExits } from '../core/outcome/outcome.ts';
import type { Plan } from '../core/plan.ts';
import { createProgress, describeOutcome, planJson } from '../ui/index.ts';
import type { Followed } from './follow.ts';
import type { Landing } from './land.ts';
import { writeRecords } from './record.ts';
import type { Repository } from './repository.ts';

export interface FinishOptions {
  wait?: boolean | undefined;
  deadline: number;
  json?: boolean | undefined;
  /** What else `json` has to say. */
  more?: object | undefined;
  /** Milliseconds between two looks at the cluster, and the longest silence. */
  lookEvery?: number | undefined;
  heartbeat?: number | undefined;
}

/** After a landing: says where it landed, follows it to its outcomes, records them. Gives the exit code of the worst. */
export async function finish(
  context: Context,
  repository: Repository,
  by: Identity,
  landing: Landing<Plan>,
  options: FinishOptions,
): Promise<number> {
  const { plan, commit } = landing;
  context.stderr.write(`landed ${commit.slice(0, 12)} on deploy/${plan.environment}\n`);
  let followed: Followed[] = [];
  if (options.wait !== false) {
    const { deadline, lookEvery, heartbeat } = options;
    const progress = createProgress({
      stream: context.stderr,
      ...(heartbeat === undefined ? {} : { heartbeatMs: heartbeat }),
    });
    // What looks at clusters is loaded once something has landed.
    const { follow } = await import('./follow.ts');
    followed = await follow(context, repository, landing, { deadline, progress, lookEvery }).finally(() =>
      progress.close(),
    );
  }
  const records = followed.map(({ record }) => record);
  if (options.wait !== false) await writeRecords(context, repository, by, records);
  if (options.json === true) {
    const reasons = followed.flatMap(({ record, why }) => (why === undefined ? [] : [{ app: record.app, ...why }]));
    const value = { plan: planJson(plan), landing: commit, records, reasons, ...options.more };
    context.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }
  for (const each of followed) context.stderr.write(describeOutcome(each.record, each.why));
  return worstExit(records.map(({ outcome }) => exitCodes[outcomeExits[outcome.state]]));
}
