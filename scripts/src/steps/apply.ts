import type { Identity } from '../adapters/git.ts';
import { readText, writeText } from '../adapters/file.ts';
import type { Context } from '../context.ts';
import type { BranchState } from '../core/branch-state.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { describeVerdict } from '../core/gates/index.ts';
import { findEnvironment } from '../core/graph.ts';
import { blockers, planWriting, type Plan } from '../core/plan.ts';
import type { Observation } from '../core/soak/observation.ts';
import { describePlan, planJson } from '../ui/index.ts';
import { confirmProduction } from './confirm.ts';
import { finish } from './finish.ts';
import { land } from './land.ts';
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
  if (first.plan === undefined) {
    context.stderr.write(`${nothing}: nothing to do\n`);
    if (options.json === true) context.stdout.write('null\n');
    return exitCodes.nothing;
  }
  const { plan } = first;
  const text = `${JSON.stringify(planJson(plan), null, 2)}\n`;
  const stops = options.dryRun === true || options.explain === true || options.planOut !== undefined;
  context.stderr.write(describePlan(plan, first.target.manifests));
  if (options.json === true && stops) context.stdout.write(text);
  if (options.explain === true) return exitCodes.done;
  await refuse(plan, options);
  if (options.planOut !== undefined) await writeText(options.planOut, text);
  if (stops) return exitCodes.done;
  if (findEnvironment(repository.config, plan.environment).production) {
    await confirmProduction(context, plan.environment, options.yes === true);
  }
  await writeObservations(context, repository, identity, first.seen ?? []);
  const landing = await land(context, repository, identity, plan, planWriting, async () => {
    const again = await makePlan(await reopenRepository(repository));
    if (again.plan === undefined) return undefined;
    context.stderr.write(`the branch has moved; planned again:\n${describePlan(again.plan, again.target.manifests)}`);
    refuseOvertaken(plan, again.plan);
    await refuse(again.plan, options);
    await writeObservations(context, repository, identity, again.seen ?? []);
    return again.plan;
  });
  if (landing === undefined) {
    context.stderr.write('someone else has just landed the same: nothing to do\n');
    return exitCodes.nothing;
  }
  return finish(context, repository, identity, landing, options);
}

async function refuse(plan: Plan, options: ApplyOptions): Promise<void> {
  refuseBlocked(plan);
  if (options.plan !== undefined) await requireSamePlan(options.plan, plan);
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
  const blocked = blockers(plan);
  if (blocked.length === 0) return;
  const lines = blocked.map(({ app, verdict }) => {
    const opens = verdict.opensAt === undefined ? '' : `; opens at ${verdict.opensAt}`;
    return `${app}: ${describeVerdict(verdict)}${opens}`;
  });
  const hints = new Set(blocked.map(({ verdict }) => verdict.next).filter((next) => next !== undefined));
  throw new UserError(`nothing was landed on ${plan.environment}\n  ${lines.join('\n  ')}`, {
    hint: [...hints].join('\n'),
    exit: 'blocked',
  });
}

/** What was approved is what lands: refused (exit 4) where releases, rendered bytes or configuration have moved since. */
async function requireSamePlan(file: string, plan: Plan): Promise<void> {
  const moved = differences(
    parsePlan(file, await readText(file)),
    JSON.parse(JSON.stringify(planJson(plan))) as PlanFile,
  );
  if (moved.length === 0) return;
  throw new UserError(`what ${file} was approved on has moved: ${moved.join(', ')}`, {
    hint: `look at it again: --plan-out ${file}`,
    exit: 'superseded',
  });
}

interface PlanFile {
  intent?: unknown;
  head?: unknown;
  configuredBy?: unknown;
  changes?: { app?: unknown; manifests?: unknown }[];
}

function parsePlan(file: string, text: string): PlanFile {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Said below.
  }
  throw new UserError(`${file} is not a plan`, { hint: `make one with --plan-out ${file}`, exit: 'usage' });
}

/** What a landing depends on and the two plans differ in; verdicts may have changed, since they are looked at anew. */
function differences(before: PlanFile, now: PlanFile): string[] {
  const keys = (['intent', 'head', 'configuredBy'] as const).filter((key) => before[key] !== now[key]);
  const changed = (now.changes ?? []).filter((each, index) => each.manifests !== before.changes?.[index]?.manifests);
  return [...keys, ...changed.map((each) => `manifests of ${String(each.app)}`)];
}
