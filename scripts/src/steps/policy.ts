import { personOf } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { parseUntil } from '../core/duration.ts';
import { findEnvironment } from '../core/graph.ts';
import { approveLifting, settleLifting } from '../core/lifting.ts';
import type { Writing } from '../core/plan.ts';
import { formatPolicy, policyFolder, type Policy } from '../core/policy.ts';
import type { Request } from '../core/request.ts';
import { handOver, requireAskable } from './hand-over.ts';
import { land } from './land.ts';
import { readIdentity } from './identity.ts';
import { branchState } from './branches.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** What every command that sets or lifts a stop is given. */
export interface StopOptions {
  remote?: string | undefined;
  reason: string;
  until?: string | undefined;
  lift?: boolean | undefined;
  /** Approve the lifting instead of doing it. */
  approve?: boolean | undefined;
  dryRun?: boolean | undefined;
  json?: boolean | undefined;
}

/** Who stops what, why and until when. */
export interface StopWords {
  reason: string;
  by: string;
  at: string;
  until?: string | undefined;
}

/** A change to the policy of an environment; undefined from `apply` where nothing would change. */
export interface PolicyChange {
  /** In a few words, as the title of the commit: `Hold storefront`. */
  title: string;
  /** The command as it was asked, less its reason, for somebody else to approve it. */
  command: string;
  /** What to ask the pipeline for where only that writes. */
  request: Request;
  /** Gives the policy as it becomes, on the state that it is now. */
  apply(policy: Policy, words: StopWords): Policy | undefined | Promise<Policy | undefined>;
}

interface PolicyPlan extends Writing {
  policy: Policy;
}

/**
 * Changes the policy of some environments, one commit each, in the order given: plan, print, land. Gives the exit code.
 * A stop and a landing share the branch's head, so neither can slip in between the other's check and its push.
 */
export async function changePolicy(
  context: Context,
  repository: Repository,
  environments: readonly string[],
  options: StopOptions,
  change: PolicyChange,
): Promise<number> {
  if (options.reason.trim() === '')
    throw new UserError('a stop needs a reason', { hint: '--reason "..."', exit: 'usage' });
  const approving = options.approve === true;
  if (approving && options.lift !== true) {
    throw new UserError('only the lifting of a stop is approved; a stop itself needs nobody', {
      hint: '--lift --approve',
      exit: 'usage',
    });
  }
  const title = approving ? `Approve: ${change.title}` : change.title;
  const { git, remote } = repository;
  const identity = await readIdentity(context, repository);
  const now = context.clock.now();
  const words: StopWords = {
    reason: options.reason.trim(),
    by: personOf(identity),
    at: now.toISOString(),
    ...(options.until === undefined ? {} : { until: parseUntil(options.until, now) }),
  };
  async function makePlan(environment: string): Promise<PolicyPlan | undefined> {
    const state = await branchState(git, environment, remoteRefs(remote), []);
    const after = await change.apply(state.policy, words);
    if (after === undefined) return undefined;
    const lifting = { environment: findEnvironment(repository.config, environment), before: state.policy, after, now };
    const policy = approving
      ? approveLifting(lifting, words.by, words.at)
      : settleLifting({ ...lifting, by: [words.by] }, change.command);
    if (policy === undefined) return undefined;
    const until = words.until === undefined ? '' : `Until: ${words.until}\n`;
    const message = `${title} in ${environment}\n\n${words.reason}\n\n${until}By: ${words.by}\n`;
    return { environment, head: state.head, files: formatPolicy(policy), basis: [policyFolder], message, policy };
  }

  if (options.dryRun !== true) requireAskable(repository, change.request);
  let asks = false;
  const landed: { environment: string; commit: string; policy: Policy }[] = [];
  for (const environment of environments) {
    const plan = await makePlan(environment);
    if (plan === undefined) {
      context.stderr.write(`${title} in ${environment}: nothing to change; pnpm run status shows what stands there\n`);
      continue;
    }
    context.stderr.write(
      `${title} in ${environment}: ${words.reason}${words.until === undefined ? '' : `, until ${words.until}`}\n`,
    );
    asks ||= !repository.writes;
    if (options.dryRun === true || !repository.writes) continue;
    const landing = await land(
      context,
      repository,
      identity,
      plan,
      (each) => each,
      () => makePlan(environment),
    );
    if (landing === undefined) continue;
    context.stderr.write(`landed ${landing.commit.slice(0, 12)} on deploy/${environment}\n`);
    landed.push({ environment, commit: landing.commit, policy: landing.plan.policy });
  }
  if (asks && options.dryRun !== true) return handOver(context, repository, change.request, { asked: options.json });
  if (options.json === true) context.stdout.write(`${JSON.stringify({ title, ...words, landed }, null, 2)}\n`);
  return landed.length > 0 || options.dryRun === true ? exitCodes.done : exitCodes.nothing;
}
