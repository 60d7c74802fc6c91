import type { Context } from '../context.ts';
import { findEnvironment } from '../core/graph.ts';
import { requireKnownApp } from '../steps/known-app.ts';
import { changePolicy, type StopOptions } from '../steps/policy.ts';
import { openRepository } from '../steps/repository.ts';

export interface HoldOptions extends StopOptions {
  env: string;
}

/** Keeps an app in an environment as it is, or lifts all holds on it. Gives the exit code. */
export async function hold(context: Context, app: string, options: HoldOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  await requireKnownApp(repository, app);
  findEnvironment(repository.config, options.env);
  return changePolicy(context, repository, [options.env], options, {
    request: { command: 'hold', apps: [app], environment: options.env, options },
    title: `${options.lift === true ? 'Lift the hold on' : 'Hold'} ${app}`,
    command: `hold ${app} --env ${options.env} --lift`,
    apply(policy, words) {
      const others = policy.holds.filter((each) => each.app !== app);
      if (options.lift !== true) return { ...policy, holds: [...policy.holds, { app, ...words }] };
      return others.length === policy.holds.length ? undefined : { ...policy, holds: others };
    },
  });
}
