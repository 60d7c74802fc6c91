import type { Context } from '../context.ts';
import { findEnvironment } from '../core/graph.ts';
import { applyPlan, type ApplyOptions } from '../steps/apply.ts';
import { planPromotions, type PromotionRequest } from '../steps/promotion.ts';
import { openToChange } from '../steps/repository.ts';

export interface PromoteOptions extends Omit<PromotionRequest, 'apps'>, Omit<ApplyOptions, 'request'> {
  remote?: string | undefined;
}

/** Promotes releases to an environment as one landing. Gives the exit code. */
export async function promote(context: Context, apps: readonly string[], options: PromoteOptions): Promise<number> {
  const { repository, identity, by } = await openToChange(context, options.remote);
  findEnvironment(repository.config, options.to);
  const what = apps.length > 0 ? apps.join(', ') : 'every app';
  return applyPlan(
    context,
    repository,
    identity,
    (current) => planPromotions(context, current, { ...options, apps, look: true }, by),
    `${options.to} already runs what the environment before runs of ${what} (pnpm run reconfigure applies overlay edits)`,
    { ...options, request: { command: 'promote', apps, environment: options.to, options } },
  );
}
