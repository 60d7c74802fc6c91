import type { Context } from '../context.ts';
import { approvalSubject, mailOf } from '../core/approval.ts';
import type { Environment } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { findEnvironment, followers } from '../core/graph.ts';
import { requireOverridable, requireOverriding } from '../core/override.ts';
import type { Approval } from '../core/policy.ts';
import type { Planned } from '../steps/apply.ts';
import { changePolicy } from '../steps/policy.ts';
import { planPromotions, type PromotionRequest } from '../steps/promotion.ts';
import { planReconfiguration } from '../steps/reconfiguration.ts';
import { openToChange, reopenRepository, type Repository } from '../steps/repository.ts';
import { planRetirement } from '../steps/retirement.ts';
import { describePlan } from '../ui/index.ts';

export interface ApproveOptions extends Omit<PromotionRequest, 'apps' | 'overridden' | 'why'> {
  remote?: string | undefined;
  /** The gates that what is approved passes over. */
  override?: readonly string[] | undefined;
  reason: string;
  /** That what runs there gets the overlay of main. */
  reconfiguration?: boolean | undefined;
  /** That the app is retired there. */
  retirement?: boolean | undefined;
  /** Take the approvals back. */
  lift?: boolean | undefined;
  dryRun?: boolean | undefined;
  json?: boolean | undefined;
}

/** Approves what a promotion or a reconfiguration would land now, byte for byte, or that an app is retired; or takes that back. Gives the exit code. */
export async function approve(context: Context, apps: readonly string[], options: ApproveOptions): Promise<number> {
  const { repository, by } = await openToChange(context, options.remote);
  const overridden = options.override;
  const environment = findEnvironment(repository.config, options.to);
  requireOverridable(overridden ?? [], environment);
  requireAsked(environment, apps, options);
  function planAsked(current: Repository): Promise<Planned> {
    if (options.reconfiguration === true) {
      return planReconfiguration(context, current, { apps, environment: options.to, by, allowDeletion: true });
    }
    if (options.retirement !== true) return planPromotions(context, current, { ...options, apps, overridden }, by);
    return planRetirement(context, current, {
      app: onlyApp(apps, options.to),
      environment: options.to,
      by,
      // Whether it has left them already is for the landing to see.
      going: followers(repository.config, options.to),
      deleteData: true,
    });
  }
  /** What would land, printed for whoever approves it. */
  async function plan(): Promise<Pick<Approval, 'app' | 'subject'>[]> {
    const { plan: planned, target } = await planAsked(await reopenRepository(repository));
    if (planned === undefined) {
      context.stderr.write(`${options.to} is so already: nothing to approve\n`);
      return [];
    }
    // What is taken back may have come to pass in between.
    if (options.lift !== true) requireOverriding(planned);
    context.stderr.write(describePlan(planned, target.manifests));
    return planned.changes.map(({ app, release, manifests }) => ({
      app,
      subject: approvalSubject(app, options.to, release.release, manifests, overridden),
    }));
  }
  return changePolicy(context, repository, [options.to], options, {
    request: { command: 'approve', apps, environment: options.to, options },
    title: `${options.lift === true ? 'Take back the approval of' : 'Approve'} ${whatIsApproved(options)}${apps.length > 0 ? apps.join(', ') : 'everything'}`,
    command: 'approve',
    async apply(policy, { at }) {
      const subjects = await plan();
      if (subjects.length === 0) return undefined;
      const own = (each: Approval): boolean =>
        mailOf(each.by) === mailOf(by) &&
        subjects.some(({ app, subject }) => each.app === app && each.subject === subject);
      const others = policy.approvals.filter((each) => !own(each));
      if (options.lift !== true) {
        // What was approved of other bytes of these apps is history once there are new ones.
        const current = others.filter((each) =>
          subjects.every(({ app, subject }) => each.app !== app || each.subject === subject),
        );
        return { ...policy, approvals: [...current, ...subjects.map((each) => ({ ...each, by, at }))] };
      }
      return others.length === policy.approvals.length ? undefined : { ...policy, approvals: others };
    },
  });
}

function whatIsApproved({ reconfiguration, retirement }: ApproveOptions): string {
  if (reconfiguration === true) return 'the configuration of ';
  return retirement === true ? 'the retirement of ' : '';
}

/** Throws UserError (exit 2) where it is not said what is approved, or nobody would ever ask for it. */
function requireAsked(
  { name, gates }: Environment,
  apps: readonly string[],
  { all, lift, retirement }: ApproveOptions,
): void {
  if (retirement !== true && (apps.length === 0) !== (all === true)) {
    throw new UserError(apps.length === 0 ? 'no app was named' : 'apps are named in more than one way', {
      hint: `pnpm run approve <app>... --to ${name}, or --all`,
      exit: 'usage',
    });
  }
  if (lift === true || (gates.approvals?.count ?? 0) > 0) return;
  throw new UserError(`${name} asks for no approvals, so there is nothing to approve`, {
    hint: 'pnpm run promote lands without; gates.approvals in gitops.config.yaml would ask for them',
    exit: 'usage',
  });
}

function onlyApp(apps: readonly string[], environment: string): string {
  const [app] = apps;
  if (app !== undefined && apps.length === 1) return app;
  throw new UserError('--retirement goes with exactly one app', {
    hint: `pnpm run approve <app> --to ${environment} --retirement`,
    exit: 'usage',
  });
}
