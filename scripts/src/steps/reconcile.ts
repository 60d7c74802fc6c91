import { personOf, type Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { describeError, exitCodes, UserError, worstExit } from '../core/errors.ts';
import { planWriting, type Plan } from '../core/plan.ts';
import { describeStop, holdsOn } from '../core/policy.ts';
import { isBeyondRepair, isBroken, isOpen, type Landed } from '../core/reconcile.ts';
import { describePlan } from '../ui/index.ts';
import { refuseBlocked } from './apply.ts';
import { planAuto, type AutoPlan } from './auto.ts';
import { finish } from './finish.ts';
import { land, type Landing } from './land.ts';
import { asLandings, readLanded, readLeaving } from './landed.ts';
import { readSoaking } from './observe.ts';
import { reopenRepository, type Repository } from './repository.ts';
import { planRollback } from './rollback.ts';
import { openProposals, settle, type Settled } from './settle.ts';
import { watchSoaks } from './watch.ts';

export interface ReconcileOptions {
  /** Seconds until an outcome that has not come counts as timed out. */
  deadline: number;
  dryRun?: boolean | undefined;
}

/** What was done, or with `dryRun` would be. */
export interface Reconciled {
  /** Proposals that have landed, were updated or were closed. */
  proposals: { number: number; url: string; state: Settled['state'] }[];
  followed: Landed[];
  restored: Landed[];
  /** Landings that were seen to become or stay healthy, or to have failed, as far as a soak waits for it. */
  observed: string[];
  /** Environments to which something went on by itself. */
  promoted: string[];
  /** What failed and only people can mend, each with why and what to run next: that it is so is no failure of this run. */
  left: string[];
  /** What could not be finished, each with what to run next. */
  troubles: string[];
  exit: number;
}

/**
 * Finishes what was left, whoever died: lands open proposals whose gates have opened, follows landings without a known
 * outcome and records them, then lands the last verified state in place of what failed or was aborted, and puts that in
 * quarantine; then looks at what soaks, and promotes to environments with `auto` what their gates let pass. Doing it
 * twice changes nothing.
 */
export async function reconcileOnce(
  context: Context,
  repository: Repository,
  by: Identity,
  options: ReconcileOptions,
): Promise<Reconciled> {
  const dryRun = options.dryRun === true;
  const done: Reconciled = {
    proposals: [],
    followed: [],
    restored: [],
    observed: [],
    promoted: [],
    left: [],
    troubles: [],
    exit: exitCodes.done,
  };

  /** One trouble keeps nothing else from being finished. */
  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      done.troubles.push(`${what}: ${describeError(error)}`);
    }
  }
  async function follow(landing: Landing<Plan> | undefined): Promise<void> {
    if (landing === undefined) return;
    const exit = await finish(context, repository, by, landing, { deadline: options.deadline });
    // Read after the wait, in which others may have ended.
    done.exit = worstExit([done.exit, exit]);
  }

  // First, since whoever has approved one waits for it, and a canary takes its time.
  await attempt('proposals', async () => {
    for (const proposal of await openProposals(repository)) {
      const { number, url } = proposal;
      await attempt(`#${number}`, async () => {
        const { state } = await settle(context, await reopenRepository(repository), by, proposal, dryRun);
        if (state !== 'waits') done.proposals.push({ number, url, state });
      });
    }
  });
  done.followed = [...(await readLanded(repository)).filter(isOpen), ...(await readLeaving(repository))];
  if (!dryRun) {
    const landings = await asLandings(repository, done.followed);
    await Promise.all(landings.map((each) => attempt(each.commit.slice(0, 12), () => follow(each))));
    await repository.git.fetch(repository.remote.name);
  }
  for (const landed of (await readLanded(repository)).filter(isBroken)) {
    const what = `${landed.app} in ${landed.environment}`;
    await attempt(what, async () => {
      const landing = await restore(context, repository, by, landed, dryRun).catch((error: unknown) => {
        if (!(error instanceof UserError) || error.exit !== 'blocked') throw error;
        done.left.push(`${what}: ${describeError(error)}`);
        return 'left' as const;
      });
      if (landing === 'left') return;
      if (landing !== undefined || dryRun) done.restored.push(landed);
      await follow(landing);
    });
  }
  const current = await reopenRepository(repository);
  await attempt('soaks', async () => {
    const soaking = await readSoaking(current, await readLanded(current), current.config.environments);
    const { written, troubles } = await watchSoaks(context, current, by, soaking, dryRun);
    done.observed = [...new Set(written.map(({ app, environment }) => `${app} in ${environment}`))];
    done.troubles.push(...troubles);
  });
  for (const planned of await planAuto(context, current, personOf(by))) {
    if (planned.plan === undefined) continue;
    await attempt(planned.environment, async () => {
      const landing = dryRun ? undefined : await promoteAuto(context, repository, by, planned);
      if (landing !== undefined || dryRun) done.promoted.push(planned.environment);
      await follow(landing);
    });
  }
  if (done.troubles.length > 0) done.exit = exitCodes.failed;
  return done;
}

/** Lands what may go on to an environment by itself; undefined where nothing may any more. */
export async function promoteAuto(
  context: Context,
  repository: Repository,
  by: Identity,
  { environment, plan: first, target }: AutoPlan,
): Promise<Landing<Plan> | undefined> {
  if (first === undefined) return undefined;
  context.stderr.write(describePlan(first, target.manifests));
  return land(context, repository, by, first, planWriting, async () => {
    const planned = await planAuto(context, await reopenRepository(repository), personOf(by));
    return planned.find((each) => each.environment === environment)?.plan;
  });
}

/**
 * Lands the last verified state of an app in place of one that did not work; undefined where that has been done already.
 * Throws UserError with exit `blocked` where it is for people: a hold keeps the app as it is, what was verified once failed
 * as well, or nothing was verified before.
 */
export async function restore(
  context: Context,
  repository: Repository,
  by: Identity,
  landed: Landed,
  dryRun = false,
): Promise<Landing<Plan> | undefined> {
  const { app, environment, record, release, commit } = landed;
  if (isBeyondRepair(landed)) {
    throw new UserError(
      `${release.tag} was brought back and ${record?.outcome.state} as well: ${record?.outcome.reason}`,
      {
        hint: 'the reason lies elsewhere; nothing older is brought back',
        exit: 'blocked',
      },
    );
  }
  const reason = `${release.tag} ${record?.outcome.state}: ${record?.outcome.reason}`;
  async function makePlan(): Promise<Plan | undefined> {
    const current = await reopenRepository(repository);
    const still = (await readLanded(current)).some(
      (each) => each.app === app && each.environment === environment && each.commit === commit && isBroken(each),
    );
    // Somebody has brought something else there meanwhile.
    if (!still) return undefined;
    const request = { app, environment, to: 'previous', reason, by: personOf(by) };
    const { plan, target } = await planRollback(context, current, request);
    const [hold] = holdsOn(target.policy, app, context.clock.now());
    if (hold !== undefined) {
      throw new UserError(`${reason}; it stays, held ${describeStop(hold)}`, {
        hint: `pnpm run hold ${app} --env ${environment} --lift --reason "..." lets it be restored`,
        exit: 'blocked',
      });
    }
    context.stderr.write(describePlan(plan, target.manifests));
    refuseBlocked(plan);
    return plan;
  }
  const plan = await makePlan();
  return plan === undefined || dryRun ? undefined : land(context, repository, by, plan, planWriting, makePlan);
}
