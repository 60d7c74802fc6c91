import type { Remote } from '../adapters/remote.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import { openGitHub } from './open-writer.ts';

/**
 * Says on which branches of GitHub everybody who may write there can push; nothing where there is no token to ask with. A
 * name that ends in a slash stands for the branches that begin with it, and is said with a star.
 */
export async function sayUnrestricted(
  context: Context,
  { github: address }: Pick<Remote, 'github'>,
  branches: readonly string[],
): Promise<void> {
  if (address === undefined) return;
  const github = openGitHub(context, address);
  if (!github.hasToken) return;
  async function openOf(name: string): Promise<string[]> {
    // Rules go by names: GitHub tells those of a branch that is not there as well.
    const [branch, said] = name.endsWith('/') ? [`${name}app`, `${name}*`] : [name, name];
    return (await github.isRestricted(branch)) ? [] : [said];
  }
  try {
    const open = await Promise.all(branches.map(openOf));
    const names = open.flat();
    if (names.length === 0) return;
    context.stderr.write(`No rule of ${github.page} keeps people from pushing ${names.join(', ')}: docs/your-own.md\n`);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.stderr.write(`could not look whether people may push the pipeline's branches: ${error.message}\n`);
  }
}
