import { readText, writeText } from '../adapters/file.ts';
import type { Context } from '../context.ts';
import { exitCodes, UserError } from '../core/errors.ts';
import { findEnvironment } from '../core/graph.ts';
import { planWriting, type Plan } from '../core/plan.ts';
import { confirmProduction } from '../steps/confirm.ts';
import { finish } from '../steps/finish.ts';
import { land } from '../steps/land.ts';
import { planPromotions, refuseBlocked, type PromotionRequest } from '../steps/promotion.ts';
import { findRepository, openRepository, readIdentity, refuseDirty, reopenRepository } from '../steps/repository.ts';
import { describePlan, planJson } from '../ui/index.ts';

export interface PromoteOptions extends Omit<PromotionRequest, 'apps'> {
  remote?: string | undefined;
  dryRun?: boolean | undefined;
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

/** Promotes releases to an environment as one landing: plan, print, land, follow, record. Gives the exit code. */
export async function promote(context: Context, apps: readonly string[], options: PromoteOptions): Promise<number> {
  const found = await findRepository(context);
  const [repository, identity] = await Promise.all([
    openRepository(context, { remote: options.remote, found }),
    readIdentity(found.git),
    refuseDirty(found),
  ]);
  const environment = findEnvironment(repository.config, options.to);
  const by = `${identity.name} <${identity.email}>`;
  const request: PromotionRequest = { ...options, apps };

  let running: ReadonlyMap<string, string> = new Map();
  async function makePlan(current = repository): Promise<Plan | undefined> {
    const { plan, target } = await planPromotions(context, current, request, by);
    running = target.manifests;
    return plan;
  }
  const first = await makePlan();
  if (first === undefined) {
    const what = apps.length > 0 ? apps.join(', ') : 'every app';
    context.stderr.write(`${options.to} already runs what the environment before runs of ${what}: nothing to do\n`);
    if (options.json === true) context.stdout.write('null\n');
    return exitCodes.nothing;
  }
  context.stderr.write(describePlan(first, running));
  const stops = options.dryRun === true || options.explain === true || options.planOut !== undefined;
  if (options.json === true && stops) context.stdout.write(`${JSON.stringify(planJson(first), null, 2)}\n`);
  if (options.explain === true) return exitCodes.done;
  refuseBlocked(first);
  if (options.plan !== undefined) await requireSamePlan(options.plan, first);
  if (options.planOut !== undefined) await writeText(options.planOut, `${JSON.stringify(planJson(first), null, 2)}\n`);
  if (stops) return exitCodes.done;
  if (environment.production) await confirmProduction(context, options.to, options.yes === true);

  const landing = await land(context, repository, identity, first, planWriting, async () => {
    const again = await makePlan(await reopenRepository(repository));
    if (again === undefined) return undefined;
    context.stderr.write(`the branch has moved; planned again:\n${describePlan(again, running)}`);
    refuseBlocked(again);
    if (options.plan !== undefined) await requireSamePlan(options.plan, again);
    return again;
  });
  if (landing === undefined) {
    context.stderr.write('someone else has just landed the same: nothing to do\n');
    return exitCodes.nothing;
  }
  return finish(context, repository, identity, landing, options);
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
