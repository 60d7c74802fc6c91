import type { Client } from './client.ts';

/** A person's last word on a pull request. */
export interface Review {
  state: 'approved' | 'changes requested';
  login: string;
  /** The commit that was looked at. */
  commit: string;
  at: string;
}

/**
 * The last word of every person with write access on a pull request: an approval that was dismissed, or followed by a
 * request for changes, is none. Comments are no word.
 */
export async function readReviews({ ask, repo }: Client, number: number): Promise<Review[]> {
  const question = { what: `read the reviews of #${number}`, needs: 'pull requests: read' };
  const all = await ask(question, (octokit) =>
    octokit.paginate(octokit.rest.pulls.listReviews, { ...repo, pull_number: number, per_page: 100 }),
  );
  const last = new Map<string, (typeof all)[number]>();
  for (const each of all) {
    if (each.user?.type === 'User' && /^(APPROVED|CHANGES_REQUESTED|DISMISSED)$/.test(each.state)) {
      last.set(each.user.login.toLowerCase(), each);
    }
  }
  const words = [...last.values()].flatMap(({ state, user, commit_id: commit, submitted_at: at }) =>
    state === 'DISMISSED' || user === null || commit === null
      ? []
      : [
          {
            state: state === 'APPROVED' ? 'approved' : 'changes requested',
            login: user.login,
            commit,
            at: at ?? '',
          } as const,
        ],
  );
  const may = await Promise.all(words.map(({ login }) => mayWrite({ ask, repo }, login)));
  return words.filter((_, index) => may[index]);
}

/** In a public repository everybody may review, and only people with write access decide. */
async function mayWrite({ ask, repo }: Pick<Client, 'ask' | 'repo'>, username: string): Promise<boolean> {
  const question = { what: `read what ${username} may do`, needs: 'metadata: read' };
  return ask(
    question,
    async (octokit) => {
      const { data } = await octokit.rest.repos.getCollaboratorPermissionLevel({ ...repo, username });
      return data.permission === 'admin' || data.permission === 'write';
    },
    ({ status }) => (status === 404 ? false : undefined),
  );
}
