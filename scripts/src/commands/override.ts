import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { requireOverridable, requireOverriding } from '../core/override.ts';
import { applyPlan, type ApplyOptions } from '../steps/apply.ts';
import { planPromotions, type PromotionRequest } from '../steps/promotion.ts';
import { openToChange } from '../steps/repository.ts';

export interface OverrideOptions
  extends
    Omit<PromotionRequest, 'apps' | 'all' | 'changedSince' | 'overridden' | 'why'>,
    Omit<ApplyOptions, 'request'> {
  /** The gates that are passed over. */
  gate: readonly string[];
  reason: string;
  remote?: string | undefined;
}

/** Promotes an app although gates that are named do not pass, and says so wherever the landing is seen. Gives the exit code. */
export async function override(context: Context, app: string, options: OverrideOptions): Promise<number> {
  const why = options.reason.trim();
  if (why === '') throw new UserError('an override needs a reason', { hint: '--reason "..."', exit: 'usage' });
  const { repository, identity, by } = await openToChange(context, options.remote);
  const overridden = [...new Set(options.gate)].toSorted();
  return applyPlan(
    context,
    repository,
    identity,
    async (current) => {
      requireOverridable(overridden, findEnvironment(current.config, options.to));
      const planned = await planPromotions(
        context,
        current,
        { ...options, apps: [app], overridden, why, look: true },
        by,
      );
      if (planned.plan !== undefined) requireOverriding(planned.plan);
      return planned;
    },
    `${options.to} already runs that release of ${app}`,
    { ...options, request: { command: 'override', apps: [app], environment: options.to, options } },
  );
}
