import { createInterface } from 'node:readline/promises';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';

/** Has a person on a terminal type the environment's name before production is touched; elsewhere nobody is there to ask. */
export async function confirmProduction(context: Context, environment: string, yes: boolean): Promise<void> {
  if (yes) return;
  const typed = await ask(context, `This changes production. Type ${environment} to go on: `);
  if (typed === undefined || typed === environment) return;
  throw new UserError(`"${typed}" is not ${environment}: nothing was landed`, {
    hint: `type ${environment} to go on, or say --yes`,
    exit: 'usage',
  });
}

/** Has a person on a terminal say yes to what is about to be done; elsewhere nobody is there to ask. */
export async function confirm(context: Context, what: string, yes: boolean): Promise<void> {
  if (yes) return;
  const typed = await ask(context, `${what} Go on? [y/N] `);
  if (typed === undefined || /^y(es)?$/i.test(typed)) return;
  throw new UserError('nothing was changed', { hint: 'answer y to go on, or say --yes', exit: 'usage' });
}

/** What a person on a terminal types; undefined where there is none. */
async function ask(context: Context, question: string): Promise<string | undefined> {
  if (context.stdin.isTTY !== true || context.stderr.isTTY !== true) return undefined;
  const terminal = createInterface({ input: context.stdin, output: context.stderr });
  // Whoever closes the terminal has typed nothing, and gets no further answer from it.
  const closed = new Promise<string>((resolve) => {
    terminal.once('close', () => {
      resolve('');
    });
  });
  try {
    return (await Promise.race([terminal.question(question), closed])).trim();
  } finally {
    terminal.close();
  }
}
