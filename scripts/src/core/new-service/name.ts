import { UserError } from '../errors.ts';

/** What an app cannot be called, and why. */
const reserved: Record<string, string> = {
  any: 'patches of components use it for whatever they are about',
  app: 'components use it for the name of the app',
  components: 'apps/components is no app',
  policy: 'deploy branches keep their stops there',
  default: 'a namespace and an account are called so',
};

/** What strategies add to the name of an app's Services. */
const endings = ['-preview', '-canary'];

const hint =
  'lower-case letters, digits and dashes, a letter first, 40 characters at most: pnpm run new service payments';

/** Refuses a name that cannot be a service's: `taken` are those of apps, services and packages. Throws UserError (exit 2). */
export function requireNewName(name: string, taken: readonly string[]): void {
  function refuse(why: string): never {
    throw new UserError(`a service cannot be called ${JSON.stringify(name)}: ${why}`, { hint, exit: 'usage' });
  }
  // A label of DNS (RFC 1123) that leaves room for what environments and strategies add.
  if (!/^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name))
    refuse('it is no label of a host name that everything can be named after');
  if (taken.includes(name)) refuse('there is one already');
  if (Object.hasOwn(reserved, name)) refuse(reserved[name] ?? '');
  const ending = endings.find((each) => name.endsWith(each));
  if (ending !== undefined) refuse(`${ending} is what a strategy adds to the names of Services`);
}
