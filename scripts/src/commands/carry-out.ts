import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { isBot } from '../core/identity.ts';
import { requestArguments } from '../core/request.ts';
import { startedBy } from '../steps/identity.ts';

/** The command line that the inputs of the workflow stand for; UserError (exit 2) where nobody may ask for that, or a bot asks. */
export function readRequest({ env }: Pick<Context, 'env'>): string[] {
  if (env['COMMAND'] === undefined) {
    throw new UserError('COMMAND is not set, so nothing is asked for', {
      hint: 'the workflow Carry out sets it; a person runs the command itself, as pnpm run promote',
      exit: 'usage',
    });
  }
  const login = startedBy(env);
  if (isBot(login)) {
    // A workflow on any branch can start this one, and nobody would see whom it acts for.
    throw new UserError(`${login} is nobody who may ask for something: what is carried out names a person`, {
      hint: 'ask for it yourself, by the form of the workflow Carry out or by the same command on your own machine',
      exit: 'usage',
    });
  }
  const [command = '', apps = '', environment = '', options = ''] = ['COMMAND', 'APPS', 'ENVIRONMENT', 'OPTIONS'].map(
    (name) => env[name],
  );
  return requestArguments({ command, apps, environment, options });
}
