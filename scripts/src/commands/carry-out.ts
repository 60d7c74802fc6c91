import type { Context } from '../context.ts';
import { requestArguments } from '../core/request.ts';

/** The command line that the inputs of the workflow stand for; UserError (exit 2) where nobody may ask for that. */
export function readRequest({ env }: Context): string[] {
  const [command = '', apps = '', environment = '', options = ''] = ['COMMAND', 'APPS', 'ENVIRONMENT', 'OPTIONS'].map(
    (name) => env[name],
  );
  return requestArguments({ command, apps, environment, options });
}
