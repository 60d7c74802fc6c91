import type { Environment } from './config.ts';
import { UserError } from './errors.ts';
import { whyFixed } from './gates/index.ts';
import type { Plan } from './plan.ts';

/** Throws UserError for gates that nobody may pass over in an environment (exit 3), and for names that no gate has (exit 2). */
export function requireOverridable(gates: readonly string[], environment: Environment): void {
  for (const gate of gates) {
    const why = whyFixed(gate, environment);
    if (why !== undefined) {
      throw new UserError(`the gate ${gate} cannot be overridden in ${environment.name}: ${why}`, {
        hint: `pnpm run promote <app> --to ${environment.name} --explain says what would make it pass`,
        exit: 'blocked',
      });
    }
  }
}

/** Throws UserError (exit 2) where a plan passes over gates that are not asked, or that pass already. */
export function requireOverriding({ overridden = [], changes, environment }: Plan): void {
  const verdicts = changes.flatMap((each) => each.verdicts);
  const unasked = overridden.filter((gate) => verdicts.every((each) => each.gate !== gate));
  if (unasked.length > 0) {
    throw new UserError(`${environment} does not ask the gate ${unasked.join(', ')}`, {
      hint: `it asks ${[...new Set(verdicts.map(({ gate }) => gate))].join(', ')}`,
      exit: 'usage',
    });
  }
  const standing = new Set(verdicts.filter((each) => each.overridden === true).map(({ gate }) => gate));
  const passing = overridden.filter((gate) => !standing.has(gate));
  if (passing.length === 0) return;
  throw new UserError(`${environment} needs no override of the gate ${passing.join(', ')}, which passes`, {
    hint:
      standing.size > 0
        ? `name what does not pass alone: --gate ${[...standing].join(' ')}`
        : `pnpm run promote ${changes.map(({ app }) => app).join(' ')} --to ${environment}`,
    exit: 'usage',
  });
}
