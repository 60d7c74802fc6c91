import { UserError } from '../core/errors.ts';
import { allProblems, gateProblems } from '../core/problems.ts';
import type { PlannedChange } from '../core/promotion.ts';
import type { Planned } from './apply.ts';

/**
 * Plans each app of a batch, and has `complete` make one plan of them. Throws one UserError that lists every app that
 * cannot be planned, and what gates say to the others: who mends the first problem should not find the next one then.
 */
export async function planEach(
  environment: string,
  apps: readonly string[],
  planApp: (app: string) => Promise<PlannedChange | undefined>,
  complete: (planned: readonly PlannedChange[]) => Promise<Planned>,
): Promise<Planned> {
  const tried = await Promise.all(apps.map((app) => attempt(planApp(app))));
  const problems = tried.filter((each) => each instanceof UserError);
  const planned = tried.flatMap((each) => (each === undefined || each instanceof UserError ? [] : each));
  if (problems.length === 0) return complete(planned);
  const rest = await attempt(complete(planned));
  if (rest instanceof UserError) problems.push(rest);
  else if (rest.plan !== undefined) problems.push(...gateProblems(rest.plan));
  const [first] = problems;
  throw problems.length === 1 && first !== undefined ? first : allProblems(problems, environment);
}

/** What comes of it, or what is wrong as a person can understand. */
async function attempt<T>(work: Promise<T>): Promise<T | UserError> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
