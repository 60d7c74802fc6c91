import type { Context } from '../context.ts';
import { parseUntil } from '../core/duration.ts';
import { exitCodes } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { planWriting } from '../core/plan.ts';
import { finish } from '../steps/finish.ts';
import { land } from '../steps/land.ts';
import { refuseBlocked } from '../steps/promotion.ts';
import { openRepository, readIdentity, reopenRepository } from '../steps/repository.ts';
import { planRollback } from '../steps/rollback.ts';
import { describePlan, planJson } from '../ui/index.ts';

export interface RollbackOptions {
  env: string;
  /** Id or tag of an earlier release, or `previous`. */
  to: string;
  reason?: string | undefined;
  /** How long the app is held as it is then. */
  holdFor: string;
  remote?: string | undefined;
  dryRun?: boolean | undefined;
  wait: boolean;
  deadline: number;
  json?: boolean | undefined;
}

/** Restores an earlier verified state of an app in an environment, byte for byte, and holds it there. Gives the exit code. */
export async function rollback(context: Context, app: string, options: RollbackOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  findApp(repository.config, app);
  findEnvironment(repository.config, options.env);
  const identity = await readIdentity(repository.git);
  const request = {
    app,
    environment: options.env,
    to: options.to,
    reason: options.reason,
    holdUntil: parseUntil(options.holdFor, context.clock.now()),
    by: `${identity.name} <${identity.email}>`,
  };
  const { plan, running } = await planRollback(context, repository, request);
  context.stderr.write(describePlan(plan, running));
  if (options.json === true && options.dryRun === true) {
    context.stdout.write(`${JSON.stringify(planJson(plan), null, 2)}\n`);
  }
  refuseBlocked(plan);
  if (options.dryRun === true) return exitCodes.done;
  const landing = await land(context, repository, identity, plan, planWriting, async () => {
    const again = await planRollback(context, await reopenRepository(repository), request);
    context.stderr.write(`the branch has moved; planned again:\n${describePlan(again.plan, again.running)}`);
    refuseBlocked(again.plan);
    return again.plan;
  });
  return landing === undefined ? exitCodes.nothing : finish(context, repository, identity, landing, options);
}
