import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { requestArguments } from '../core/request.ts';

/** The command line that the inputs of the workflow stand for; UserError (exit 2) where nobody may ask for that. */
export function readRequest({ env }: Pick<Context, 'env'>): string[] {
  if (env['COMMAND'] === undefined) {
    throw new UserError('COMMAND is not set, so nothing is asked for', {
      hint: 'the workflow Carry out sets it; a person runs the command itself, as pnpm run promote',
      exit: 'usage',
    });
  }
  const [command = '', apps = '', environment = '', options = ''] = ['COMMAND', 'APPS', 'ENVIRONMENT', 'OPTIONS'].map(
    (name) => env[name],
  );
  return requestArguments({ command, apps, environment, options });
}
