import { personOf } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { parseUntil } from '../core/duration.ts';
import { UserError } from '../core/errors.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { applyPlan, type ApplyOptions, type Planned } from '../steps/apply.ts';
import { readIdentity } from '../steps/identity.ts';
import { openRepository, type Repository } from '../steps/repository.ts';
import { planRollback } from '../steps/rollback.ts';

export interface RollbackOptions extends Omit<ApplyOptions, 'request'> {
  env: string;
  /** Id or tag of an earlier release, or `previous`. */
  to: string;
  reason?: string | undefined;
  /** Only the image goes back; base and overlay stay. */
  imageOnly?: boolean | undefined;
  /** How long the app is held as it is then. */
  holdFor: string;
  remote?: string | undefined;
}

/** Restores an earlier verified state of an app in an environment, byte for byte or its image alone, and holds it there. Gives the exit code. */
export async function rollback(context: Context, app: string, options: RollbackOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  findApp(repository.config, app);
  findEnvironment(repository.config, options.env);
  const identity = await readIdentity(context, repository);
  const request = {
    app,
    environment: options.env,
    to: options.to,
    reason: options.reason,
    imageOnly: options.imageOnly,
    holdUntil: parseUntil(options.holdFor, context.clock.now()),
    by: personOf(identity),
  };
  // Whoever rolls back production has no time to be asked.
  const asked = { command: 'rollback', apps: [app], environment: options.env, options } as const;
  const unasked = { ...options, yes: true, request: asked };
  let left: string | undefined;
  async function makePlan(current: Repository): Promise<Planned> {
    const planned = await planRollback(context, current, request);
    const running = planned.target.releases.get(app)?.intent;
    if (left !== undefined && running !== left) {
      throw new UserError(`${app} in ${options.env} was changed by somebody else meanwhile`, {
        hint: `pnpm run status ${app} shows what runs there now`,
        exit: 'superseded',
      });
    }
    left = running;
    return planned;
  }
  return applyPlan(
    context,
    repository,
    identity,
    makePlan,
    `${app} runs in ${options.env} what it ran before`,
    unasked,
  );
}
