import type { Git } from '../adapters/git.ts';
import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import type { Repository } from './repository.ts';

type Where = Pick<Repository, 'git' | 'github' | 'writes'>;

/** Who asks: in GitHub's pipeline whoever started the run, elsewhere by Git's configuration. */
export async function readIdentity({ env }: Context, { git, github, writes }: Where): Promise<Identity> {
  if (github === undefined || !writes) return readGitIdentity(git);
  const login = startedBy(env);
  if (login !== '') return gitHubIdentity(login);
  throw new UserError('GITHUB_ACTOR does not say who asks, and every landing names that', {
    hint: 'GitHub sets it in every workflow',
  });
}

/** The login of whoever started the run of a workflow; empty outside of one. */
export function startedBy(env: NodeJS.ProcessEnv): string {
  // Whoever runs a job again asks for it, whoever asked first.
  return env['GITHUB_TRIGGERING_ACTOR'] ?? env['GITHUB_ACTOR'] ?? '';
}

/** Whoever acts where nobody asked: on GitHub the pipeline itself. */
export async function ownIdentity(context: Context, repository: Where): Promise<Identity> {
  const { github, writes } = repository;
  return github !== undefined && writes ? gitHubIdentity(await github.login()) : readIdentity(context, repository);
}

/** A person by login, in the form that is the same in a review, a run and a commit. */
export function gitHubIdentity(login: string): Identity {
  return { name: login, email: `${login}@users.noreply.github.com` };
}

async function readGitIdentity(git: Git): Promise<Identity> {
  const { stdout } = await git.run(['config', '--get-regexp', '^user\\.(name|email)$'], { nothrow: true });
  // The last of several counts, as it does for Git.
  const said = new Map(
    stdout.split('\n').map((line) => [line.slice(5, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
  const [name = '', email = ''] = [said.get('name'), said.get('email')];
  if (name === '' || email === '') {
    throw new UserError('Git does not know who you are, and every landing names who asked for it', {
      hint: 'run git config --global user.name "..." and git config --global user.email "..."',
    });
  }
  return { name, email };
}
