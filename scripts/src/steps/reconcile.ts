import type { Identity } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { planWriting, type Plan } from '../core/plan.ts';
import { isBroken, isOpen, type Landed } from '../core/reconcile.ts';
import type { DeliveryRecord } from '../core/record.ts';
import { describePlan } from '../ui/index.ts';
import { refuseBlocked } from './apply.ts';
import { planAuto } from './auto.ts';
import { finish } from './finish.ts';
import { land, type Landing } from './land.ts';
import { asLandings, readLanded } from './landed.ts';
import { reopenRepository, type Repository } from './repository.ts';
import { planRollback } from './rollback.ts';

export interface ReconcileOptions {
  /** Seconds until an outcome that has not come counts as timed out. */
  deadline: number;
  dryRun?: boolean | undefined;
}

/** What was done, or with `dryRun` would be. */
export interface Reconciled {
  followed: Landed[];
  restored: Landed[];
  /** Environments to which something went on by itself. */
  promoted: string[];
  /** What could not be finished, in a line each. */
  troubles: string[];
  exit: number;
}

/**
 * Finishes what was left, whoever died: follows landings without a known outcome and records them, then lands the last
 * verified state in place of what failed or was aborted, and puts that in quarantine; then promotes to environments with
 * `auto` what their gates let pass. Doing it twice changes nothing.
 */
export async function reconcileOnce(
  context: Context,
  repository: Repository,
  by: Identity,
  options: ReconcileOptions,
): Promise<Reconciled> {
  const { deadline } = options;
  const open = (await readLanded(repository)).filter(isOpen);
  const exits: number[] = [];
  if (options.dryRun !== true) {
    for (const landing of await asLandings(repository, open)) {
      exits.push(await finish(context, repository, by, landing, { deadline }));
    }
    await repository.git.fetch(repository.remote.name);
  }
  const broken = (await readLanded(repository)).filter(isBroken);
  const troubles: string[] = [];
  for (const landed of broken) {
    try {
      const landing = await restore(context, repository, by, landed, options.dryRun === true);
      if (landing !== undefined) exits.push(await finish(context, repository, by, landing, { deadline }));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      troubles.push(`${landed.app} in ${landed.environment}: ${error.message}`);
    }
  }
  const promoted: string[] = [];
  for (const { environment, plan } of await planAuto(context, await reopenRepository(repository), nameOf(by))) {
    if (plan === undefined) continue;
    promoted.push(environment);
    const landing = options.dryRun === true ? undefined : await promoteAuto(context, repository, by, environment);
    if (landing !== undefined) exits.push(await finish(context, repository, by, landing, { deadline }));
  }
  const exit = troubles.length > 0 ? exitCodes.failed : Math.max(exitCodes.done, ...exits);
  return { followed: open, restored: broken, promoted, troubles, exit };
}

/** Lands what may go on to an environment by itself; undefined where nothing may any more. */
export async function promoteAuto(
  context: Context,
  repository: Repository,
  by: Identity,
  environment: string,
): Promise<Landing<Plan> | undefined> {
  async function makePlan(): Promise<Plan | undefined> {
    const planned = await planAuto(context, await reopenRepository(repository), nameOf(by));
    const found = planned.find((each) => each.environment === environment);
    if (found?.plan !== undefined) context.stderr.write(describePlan(found.plan, found.target.manifests));
    return found?.plan;
  }
  const plan = await makePlan();
  return plan === undefined ? undefined : land(context, repository, by, plan, planWriting, makePlan);
}

/** Lands the last verified state of an app in place of one that did not work; undefined where that is not needed any more. */
export async function restore(
  context: Context,
  repository: Repository,
  by: Identity,
  { app, environment, record, release }: Landed,
  dryRun = false,
): Promise<Landing<Plan> | undefined> {
  const request = {
    app,
    environment,
    to: 'previous',
    reason: `${release.tag} ${describe(record)}`,
    by: nameOf(by),
  };
  const { plan, target } = await planRollback(context, repository, request);
  context.stderr.write(describePlan(plan, target.manifests));
  refuseBlocked(plan);
  if (dryRun) return undefined;
  return land(context, repository, by, plan, planWriting, async () => {
    const now = await readLanded(await reopenRepository(repository));
    const still = now.some((each) => each.app === app && each.environment === environment && isBroken(each));
    // Somebody has brought something else there meanwhile.
    return still ? (await planRollback(context, repository, request)).plan : undefined;
  });
}

function describe(record: DeliveryRecord | undefined): string {
  return record === undefined ? 'did not work' : `${record.outcome.state}: ${record.outcome.reason}`;
}

function nameOf({ name, email }: Identity): string {
  return `${name} <${email}>`;
}
