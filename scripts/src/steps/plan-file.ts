import { readText } from '../adapters/file.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import type { Plan } from '../core/plan.ts';
import { planJson } from '../ui/index.ts';

/** What was approved is what lands: refused (exit 4) where releases, rendered bytes or configuration have moved since. */
export async function requireSamePlan({ cwd }: Context, file: string, plan: Plan): Promise<void> {
  const moved = differences(
    parsePlan(file, await readText(cwd, file)),
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
