import type { Git } from '../git.ts';
import { createGitWriter, findOwn } from '../git-writer.ts';
import type { Writer, WriteRequest, Written } from '../writer.ts';
import type { Client } from './client.ts';
import { commitOnBranch } from './commits.ts';
import { isLost } from './errors.ts';

/**
 * Writes by GitHub's API, only onto the head that a request names, and fetches what it wrote. A commit whose answer was
 * lost is found by what it says and holds, and counts as landed. A branch's first commit is pushed by Git, since the API
 * needs a head to build on.
 */
export function createGitHubWriter(client: Client, git: Git, remote: string): Writer {
  const first = createGitWriter(git, remote);
  return {
    async write(branch, request) {
      const { head } = request;
      if (head === undefined) return first.write(branch, request);
      let written: Written;
      try {
        written = await commitOnBranch(client, branch, { ...request, head });
      } catch (error) {
        if (!isLost(error)) throw error;
        const own = await findLanded(git, remote, branch, request, head);
        if (own === undefined) throw error;
        return own;
      }
      if (written.state === 'moved') return (await findLanded(git, remote, branch, request, head)) ?? written;
      if (written.state === 'landed') await git.fetch(remote);
      return written;
    },
  };
}

/** What was asked for, if the branch has it: then it was made, and only its answer was lost. */
async function findLanded(
  git: Git,
  remote: string,
  branch: string,
  request: WriteRequest,
  head: string,
): Promise<Written | undefined> {
  await git.fetch(remote);
  const tip = await git.resolve(`refs/remotes/${remote}/${branch}`);
  const commit = tip === undefined ? undefined : await findOwn(git, request, head, tip);
  return commit === undefined ? undefined : { state: 'landed', commit };
}
