import type { Context } from '../context.ts';
import { findEnvironment } from '../core/graph.ts';
import { requireKnownApp } from '../steps/known-app.ts';
import { changePolicy, type StopOptions } from '../steps/policy.ts';
import { openRepository } from '../steps/repository.ts';

export interface FreezeOptions extends StopOptions {
  env: string;
}

/** Closes an environment for some apps, or for all where none is named, or lifts what was closed so. Gives the exit code. */
export async function freeze(context: Context, apps: readonly string[], options: FreezeOptions): Promise<number> {
  const repository = await openRepository(context, { remote: options.remote });
  for (const app of apps) await requireKnownApp(repository, app);
  findEnvironment(repository.config, options.env);
  const wanted = [...apps].toSorted();
  const what = wanted.length === 0 ? 'everything' : wanted.join(', ');
  return changePolicy(context, repository, [options.env], options, {
    request: { command: 'freeze', apps, environment: options.env, options },
    title: `${options.lift === true ? 'Lift the freeze of' : 'Freeze'} ${what}`,
    command: ['freeze', ...wanted, '--env', options.env, '--lift'].join(' '),
    apply(policy, words) {
      if (options.lift !== true) {
        const scope = wanted.length === 0 ? {} : { apps: wanted };
        return { ...policy, freezes: [...policy.freezes, { ...scope, ...words }] };
      }
      const others = policy.freezes.filter((each) => (each.apps ?? []).toSorted().join() !== wanted.join());
      return others.length === policy.freezes.length ? undefined : { ...policy, freezes: others };
    },
  });
}
