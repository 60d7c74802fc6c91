import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../core/errors.ts';
import { findEnvironment, lastFirst } from '../core/graph.ts';
import { blockers } from '../core/plan.ts';
import { applyPlan, refuseBlocked, type ApplyOptions } from '../steps/apply.ts';
import type { Request } from '../core/request.ts';
import { confirmProduction } from '../steps/confirm.ts';
import { finish } from '../steps/finish.ts';
import { handOver, requireAskable } from '../steps/hand-over.ts';
import { requireKnownApp } from '../steps/known-app.ts';
import { asLandings, readLeaving } from '../steps/landed.ts';
import { openToChange, type Repository } from '../steps/repository.ts';
import { planRetirement, type RetirementRequest } from '../steps/retirement.ts';
import { describePlan } from '../ui/index.ts';

export interface RetireOptions extends Omit<ApplyOptions, 'request'>, Pick<RetirementRequest, 'reason' | 'deleteData'> {
  /** Only there; every environment where it is not named. */
  env?: string | undefined;
  /** The same as to name none, in so many words. */
  everywhere?: true | undefined;
  remote?: string | undefined;
}

/**
 * Takes an app out of one environment or of all, the last one first, each as one landing, with every object that it has
 * there. Stops at the first that does not end well; run again, it goes on from there. Gives the exit code.
 */
export async function retire(context: Context, app: string, options: RetireOptions): Promise<number> {
  const { repository, identity, by } = await openToChange(context, options.remote);
  const { config } = repository;
  await requireKnownApp(repository, app);
  const asked = options.env === undefined ? lastFirst(config) : [findEnvironment(config, options.env)];
  const going = asked.map(({ name }) => name);
  const requests = going.map((environment) => ({ ...options, app, environment, by, going }));
  // What stops it in one environment is said before it has left another.
  for (const request of requests) {
    const { plan, target } = await planRetirement(context, repository, request);
    if (plan === undefined || blockers(plan).length === 0 || options.explain === true) continue;
    context.stderr.write(describePlan(plan, target.manifests));
    refuseBlocked(plan);
  }
  const whole = options.env === undefined ? { ...options, everywhere: true } : options;
  const request: Request = { command: 'retire', apps: [app], environment: going[0] ?? '', options: whole };
  const stops = [options.dryRun, options.explain].includes(true) || options.planOut !== undefined;
  if (!repository.writes && !stops) {
    requireAskable(repository, request);
    for (const { name, production } of asked) {
      if (production) await confirmProduction(context, name, options.yes === true);
    }
    return handOver(context, repository, request, { asked: options.json });
  }
  let exit: number = exitCodes.nothing;
  for (const each of requests) {
    const ended =
      (await finishLeft(context, repository, identity, each, options)) ??
      (await applyPlan(
        context,
        repository,
        identity,
        (current) => planRetirement(context, current, each),
        `${app} does not run in ${each.environment}`,
        { ...options, request },
      ));
    if (ended !== exitCodes.nothing) exit = ended;
    if (ended !== exitCodes.nothing && ended !== exitCodes.done) break;
  }
  return exit;
}

/** Follows a retirement that has landed, and that nobody knows the end of; undefined where there is none. */
async function finishLeft(
  context: Context,
  repository: Repository,
  identity: Identity,
  { app, environment }: Pick<RetirementRequest, 'app' | 'environment'>,
  options: RetireOptions,
): Promise<number | undefined> {
  if ([options.dryRun, options.explain].includes(true) || options.planOut !== undefined || !options.wait)
    return undefined;
  const left = (await readLeaving(repository)).filter((each) => each.app === app && each.environment === environment);
  const [landing] = await asLandings(repository, left);
  return landing === undefined ? undefined : finish(context, repository, identity, landing, options);
}
