import type { Git } from '../adapters/git.ts';
import { createGitHub, type GitHub } from '../adapters/github/index.ts';
import type { Remote } from '../adapters/remote.ts';
import { createSharedWriter } from '../adapters/shared-writer.ts';
import type { Context } from '../context.ts';
import { UserError } from '../core/errors.ts';
import type { GitHubAddress } from '../core/github-address.ts';
import type { Repository } from './repository.ts';

/** GitHub's API as this command asks it. */
export function openGitHub({ env, stderr }: Context, address: GitHubAddress): GitHub {
  return createGitHub({ address, env, say: (line) => stderr.write(`${line}\n`) });
}

/** How to write to a remote: by Git, or on GitHub by its API, and there only in the pipeline. */
export function openWriter(
  context: Context,
  git: Git,
  { name, url, github: address }: Remote,
): Pick<Repository, 'github' | 'writes' | 'writer'> {
  if (address === undefined) return { github: undefined, writes: true, writer: createSharedWriter(git, name, url) };
  const github = openGitHub(context, address);
  const writes = context.env['GITHUB_ACTIONS'] === 'true';
  if (writes) return { github, writes, writer: github.writer(git, name) };
  return {
    github,
    writes,
    writer: {
      write(branch) {
        throw new UserError(`only the pipeline writes to ${branch} of ${github.page}`, {
          hint: `its workflows are at ${github.page}/actions`,
          exit: 'usage',
        });
      },
    },
  };
}
