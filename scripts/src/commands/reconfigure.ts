import type { Context } from '../context.ts';
import { findEnvironment } from '../core/graph.ts';
import { applyPlan, type ApplyOptions } from '../steps/apply.ts';
import { planReconfiguration } from '../steps/reconfiguration.ts';
import { openToChange } from '../steps/repository.ts';

export interface ReconfigureOptions extends Omit<ApplyOptions, 'request'> {
  env: string;
  allowDeletion?: boolean | undefined;
  remote?: string | undefined;
}

/** Applies overlay edits on main to an environment, with the releases that run there, as one landing. Gives the exit code. */
export async function reconfigure(
  context: Context,
  apps: readonly string[],
  options: ReconfigureOptions,
): Promise<number> {
  const { repository, identity, by } = await openToChange(context, options.remote);
  findEnvironment(repository.config, options.env);
  return applyPlan(
    context,
    repository,
    identity,
    (current) =>
      planReconfiguration(context, current, {
        apps,
        environment: options.env,
        by,
        allowDeletion: options.allowDeletion,
      }),
    `no overlay edit waits in ${options.env}${apps.length > 0 ? ` for ${apps.join(', ')}` : ''}`,
    { ...options, request: { command: 'reconfigure', apps, environment: options.env, options } },
  );
}
