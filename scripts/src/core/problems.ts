import { exitCodes, UserError, type ExitName } from './errors.ts';
import { describeVerdict } from './gates/index.ts';
import { blockers, type Plan } from './plan.ts';

/** What gates have against a plan, one error each. */
export function gateProblems(plan: Plan): UserError[] {
  return blockers(plan).map(({ app, verdict }) => {
    const opens = verdict.opensAt === undefined ? '' : `; opens at ${verdict.opensAt}`;
    return new UserError(`${app}: ${describeVerdict(verdict)}${opens}`, { hint: verdict.next, exit: 'blocked' });
  });
}

/** One error for a whole batch: the messages of all, the hints once each, and the gravest exit code. */
export function allProblems(problems: readonly UserError[], environment: string): UserError {
  const exits = problems.map(({ exit }) => exit).toSorted((a: ExitName, b: ExitName) => exitCodes[b] - exitCodes[a]);
  const hints = new Set(problems.flatMap(({ hint }) => hint ?? []));
  return new UserError(
    `nothing was landed on ${environment}\n${problems.map(({ message }) => `  ${message}`).join('\n')}`,
    { hint: [...hints].join('\n'), exit: exits[0] },
  );
}
