import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { UserError } from '@sluice/scripts/errors';
import { attempt, run } from '../run.ts';

const configFile = 'gitops.config.yaml';

const policies = {
  'freeze.yaml': '# When this environment is closed to promotions and deliveries.\n',
  'holds.yaml': '# Apps that stay here as they are.\n',
  'quarantine.yaml': '# Releases that never come here again.\n',
};

const recordsReadme = `# Delivery records

What became of each landing, one JSON file per event. Written by the pipeline only.
`;

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
  const git = ['--git-dir', repository];
  const heads = (await run('git', [...git, 'for-each-ref', '--format=%(refname)', 'refs/heads'], { env })).split('\n');
  const wanted = new Map(environments.map((name) => [`refs/heads/deploy/${name}`, `environment ${name}`]));
  wanted.set('refs/heads/delivery-records', 'delivery records');
  for (const [ref, what] of wanted) {
    if (heads.includes(ref)) continue;
    const tree = ref.endsWith('/delivery-records')
      ? await writeTree(git, { 'README.md': recordsReadme }, env)
      : await run('git', [...git, 'mktree'], {
          env,
          input: `040000 tree ${(await writeTree(git, policies, env)).trim()}\tpolicy\n`,
        });
    const commit = await run('git', [...git, 'commit-tree', tree.trim(), '-m', `Begin ${what}`], {
      env: { ...env, ...identity },
    });
    // Create only: an empty old value refuses to touch a branch that somebody else has made meanwhile.
    const made = await attempt('git', [...git, 'update-ref', '-m', 'begin', ref, commit.trim(), ''], { env });
    if (made.code !== 0) await run('git', [...git, 'rev-parse', '--verify', ref], { env, hint: made.stderr });
  }
}

const identity = {
  GIT_AUTHOR_NAME: 'sluice',
  GIT_AUTHOR_EMAIL: 'sluice@localhost',
  GIT_COMMITTER_NAME: 'sluice',
  GIT_COMMITTER_EMAIL: 'sluice@localhost',
};

async function writeTree(
  git: readonly string[],
  files: Record<string, string>,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const lines: string[] = [];
  for (const [name, input] of Object.entries(files)) {
    const blob = await run('git', [...git, 'hash-object', '-w', '--stdin'], { env, input });
    lines.push(`100644 blob ${blob.trim()}\t${name}\n`);
  }
  return await run('git', [...git, 'mktree'], { env, input: lines.join('') });
}
