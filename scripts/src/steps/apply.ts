import type { Identity } from '../core/identity.ts';
import { writeText } from '../adapters/file.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { allProblems, gateProblems } from '../core/problems.ts';
import { isProposable } from '../core/proposal.ts';
import type { Request } from '../core/request.ts';
import { findEnvironment } from '../core/graph.ts';
import { blockers, planWriting, type Plan } from '../core/plan.ts';
import type { Observation } from '../core/soak/observation.ts';
import { describePlan, planJson } from '../ui/index.ts';
import { confirmProduction } from './confirm.ts';
import { finish } from './finish.ts';
import { handOver, requireAskable } from './hand-over.ts';
import { land } from './land.ts';
import { requireSamePlan } from './plan-file.ts';
import { mayPropose, propose } from './propose.ts';
import { closeOvertaken } from './settle.ts';
import { writeObservations } from './record.ts';
import { reopenRepository, type Repository } from './repository.ts';

/** A plan, or nothing to do, with the state that it was made on. */
export interface Planned {
  plan: Plan | undefined;
  target: BranchState;
  /** What was seen while planning that has to be on record before the plan lands. */
  seen?: readonly Observation[] | undefined;
}

export interface ApplyOptions {
  /** What to ask the pipeline for where only that writes. */
  request: Request;
  dryRun?: boolean | undefined;
  /** Print every gate with its verdict and stop. */
  explain?: boolean | undefined;
  /** Write the plan to this file and stop. */
  planOut?: string | undefined;
  /** Land only if the plan is still the one in this file. */
  plan?: string | undefined;
  /** Do not ask before a production environment. */
  yes?: boolean | undefined;
  wait: boolean;
  deadline: number;
  json?: boolean | undefined;
}

/**
 * What every command that changes an environment does: plan, print, refuse what gates stop, land, follow, record.
 * A landing that loses a race is planned again, with the gates evaluated again. Gives the exit code.
 */
export async function applyPlan(
  context: Context,
  repository: Repository,
  identity: Identity,
  makePlan: (repository: Repository) => Promise<Planned>,
  nothing: string,
  options: ApplyOptions,
): Promise<number> {
  const first = await makePlan(repository);
  if (first.plan === undefined) return endWithNothing(context, nothing, options);
  const { plan, target } = first;
  const text = `${JSON.stringify(planJson(plan), null, 2)}\n`;
  const stops = options.dryRun === true || options.explain === true || options.planOut !== undefined;
  context.stderr.write(describePlan(plan, target.manifests));
  if (options.json === true && stops) context.stdout.write(text);
  if (options.explain === true) return exitCodes.done;
  if (!stops) requireAskable(repository, options.request);
  const proposes = mayPropose(repository, plan);
  if (proposes) context.stderr.write(`${plan.environment} takes it as a proposal, which waits for these gates\n`);
  else refuseBlocked(plan);
  if (options.plan !== undefined) await requireSamePlan(context, options.plan, plan);
  if (options.planOut !== undefined) await writeText(context.cwd, options.planOut, text);
  if (stops) return exitCodes.done;
  if (!proposes && findEnvironment(repository.config, plan.environment).production) {
    await confirmProduction(context, plan.environment, options.yes === true);
  }
  if (!repository.writes) {
    return handOver(context, repository, options.request, { asked: options.json, plan: planJson(plan) });
  }
  if (proposes) {
    const { number, url, state } = await propose(context, repository, identity, { plan, target });
    context.stderr.write(`${state}: #${number} ${url}\n`);
    const answer = { plan: planJson(plan), proposal: { number, url, state } };
    context.stdout.write(options.json === true ? `${JSON.stringify(answer, null, 2)}\n` : `${url}\n`);
    return exitCodes.done;
  }
  await writeObservations(context, repository, identity, first.seen ?? []);
  const landing = await land(context, repository, identity, plan, planWriting, async () => {
    const again = await makePlan(await reopenRepository(repository));
    if (again.plan === undefined) return undefined;
    context.stderr.write(`planned again, on what is there now:\n${describePlan(again.plan, again.target.manifests)}`);
    refuseOvertaken(plan, again.plan);
    refuseBlocked(again.plan);
    if (options.plan !== undefined) await requireSamePlan(context, options.plan, again.plan);
    await writeObservations(context, repository, identity, again.seen ?? []);
    return again.plan;
  });
  if (landing === undefined) return endWithNothing(context, 'someone else has just landed the same', options);
  if (isProposable(plan) || plan.verb === 'retirement') await closeOvertaken(context, repository, landing);
  return finish(context, repository, identity, landing, options);
}

function endWithNothing({ stdout, stderr }: Context, why: string, { json }: Pick<ApplyOptions, 'json'>): number {
  stderr.write(`${why}: nothing to do\n`);
  if (json === true) stdout.write('null\n');
  return exitCodes.nothing;
}

/** Throws a UserError (exit 4) where a newer release has landed since the first plan: it is not put back. */
function refuseOvertaken(first: Plan, again: Plan): void {
  const older = blockers(again).filter(({ verdict }) => verdict.gate === 'order');
  if (older.length === 0 || blockers(first).some(({ verdict }) => verdict.gate === 'order')) return;
  const lines = older.map(({ app, verdict }) => `${app}: ${verdict.evidence}`);
  throw new UserError(`somebody else has landed a newer release on ${again.environment}\n  ${lines.join('\n  ')}`, {
    hint: 'pnpm run status shows what runs',
    exit: 'superseded',
  });
}

/** Throws a UserError (exit 3) with every verdict that stands in the way, and what to do about each. */
export function refuseBlocked(plan: Plan): void {
  const problems = gateProblems(plan);
  if (problems.length > 0) throw allProblems(problems, plan.environment);
}
