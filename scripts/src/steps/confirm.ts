import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';

/** Has a person on a terminal type the environment's name before production is touched; elsewhere nobody is there to ask. */
export async function confirmProduction(context: Context, environment: string, yes: boolean): Promise<void> {
  if (yes || context.stdin.isTTY !== true || context.stderr.isTTY !== true) return;
  const terminal = createInterface({ input: context.stdin, output: context.stderr });
  try {
    const typed = await terminal.question(`This changes production. Type ${environment} to go on: `);
    if (typed.trim() === environment) return;
    throw new UserError(`"${typed.trim()}" is not ${environment}: nothing was landed`, { exit: 'usage' });
  } finally {
    terminal.close();
  }
}
