import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { makeFirstCommits } from '@sluice/scripts/adapters/first-commits';
import { createGit } from '@sluice/scripts/adapters/git';
import { UserError } from '@sluice/scripts/errors';

const configFile = 'gitops.config.yaml';

/** The names of the environments in the configuration of a checkout. Throws UserError where it cannot be read. */
export async function environmentNames(checkout: string): Promise<string[]> {
  const file = join(checkout, configFile);
  try {
    const config = parse(await readFile(file, 'utf8')) as { environments?: { name?: unknown }[] } | undefined;
    const names = (config?.environments ?? []).map((environment) => environment.name);
    if (names.length > 0 && names.every((name) => typeof name === 'string')) return names;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`cannot read ${file}: ${why}`, { hint: 'mend it, then run: pnpm start', exit: 'usage', cause });
  }
  throw new UserError(`${file} names no environment`, {
    hint: 'list them under environments:, then run: pnpm start',
    exit: 'usage',
  });
}

/** Gives each environment its branch and the records theirs, with one commit each; a branch that exists is left alone. */
export async function seedBranches(
  repository: string,
  environments: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const git = createGit(repository, env);
  const there = (await git.run(['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads'])).stdout.split('\n');
  const at = Math.floor(Date.now() / 1000);
  for (const [branch, commit] of await makeFirstCommits(git, environments, { by: platform, at, there })) {
    const ref = `refs/heads/${branch}`;
    // Create only: an empty old value refuses to touch a branch that somebody else has made meanwhile.
    const made = await git.run(['update-ref', '-m', 'begin', ref, commit, ''], { nothrow: true });
    if (made.code !== 0 && (await git.resolve(ref)) === undefined) {
      throw new UserError(`${repository} did not take the branch ${branch}: ${made.stderr.trim()}`, {
        hint: 'remove what is in the way there, then run: pnpm start',
      });
    }
  }
}

const platform = { name: 'sluice', email: 'sluice@localhost' };
