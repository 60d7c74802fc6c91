import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';

/** Has a person on a terminal type the environment's name before production is touched; elsewhere nobody is there to ask. */
export async function confirmProduction(context: Context, environment: string, yes: boolean): Promise<void> {
  if (yes || context.stdin.isTTY !== true || context.stderr.isTTY !== true) return;
  const terminal = createInterface({ input: context.stdin, output: context.stderr });
  // Whoever closes the terminal has typed nothing, and gets no further answer from it.
  const closed = new Promise<string>((resolve) => {
    terminal.once('close', () => {
      resolve('');
    });
  });
  try {
    const asked = terminal.question(`This changes production. Type ${environment} to go on: `);
    const typed = (await Promise.race([asked, closed])).trim();
    if (typed === environment) return;
    throw new UserError(`"${typed}" is not ${environment}: nothing was landed`, {
      hint: `type ${environment} to go on, or say --yes`,
      exit: 'usage',
    });
  } finally {
    terminal.close();
  }
}
