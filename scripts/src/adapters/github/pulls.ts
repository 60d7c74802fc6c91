import type { Octokit } from '@octokit/rest';
import type { Client } from './client.ts';
import { isLost } from './errors.ts';

/** A pull request as the pipeline uses it. */
export interface PullRequest {
  number: number;
  url: string;
  title: string;
  body: string;
  /** Its branch, and the commit that it is at. */
  branch: string;
  head: string;
  base: string;
  /** Login of who opened it. */
  by: string;
}

export interface PullRequestText {
  title: string;
  body: string;
}

/** How often a comment is tried whose answer gets lost. */
const attempts = 3;

type Listed = Awaited<ReturnType<Octokit['rest']['pulls']['list']>>['data'][number];

/** The open pull requests with branches of the repository itself: a fork's branch is anybody's. */
export async function openPullRequests(
  { ask, repo, address }: Client,
  wanted: { base?: string; branch?: string } = {},
): Promise<PullRequest[]> {
  const { base, branch } = wanted;
  const head = branch === undefined ? {} : { head: `${address.owner}:${branch}` };
  const found = await ask({ what: 'read the proposals', needs: 'pull requests: read' }, (octokit) =>
    octokit.paginate(octokit.rest.pulls.list, {
      ...repo,
      ...head,
      ...(base === undefined ? {} : { base }),
      state: 'open',
      per_page: 100,
    }),
  );
  const own = `${address.owner}/${address.name}`.toLowerCase();
  return found.filter((each) => each.head.repo?.full_name.toLowerCase() === own).map(asPullRequest);
}

/** Opens one, or gives the one that is open already: an answer may have been lost. */
export async function openPullRequest(
  client: Client,
  asked: PullRequestText & { branch: string; base: string },
): Promise<PullRequest> {
  const { branch, base, title, body } = asked;
  const question = { what: `open a pull request from ${branch}`, needs: 'pull requests: write' };
  const opened = await client.ask<PullRequest | 'there'>(
    question,
    async (octokit) => {
      const made = await octokit.rest.pulls.create({ ...client.repo, head: branch, base, title, body });
      return asPullRequest(made.data);
    },
    ({ status, messages }) =>
      status === 422 && messages.some((each) => /already exists/.test(each)) ? 'there' : undefined,
  );
  if (opened !== 'there') return opened;
  const [found] = await openPullRequests(client, { branch, base });
  if (found === undefined) throw new Error(`GitHub says that ${branch} has a pull request, and does not list it`);
  return found;
}

export async function updatePullRequest(
  { ask, repo }: Client,
  number: number,
  changed: PullRequestText,
): Promise<void> {
  await ask({ what: `update #${number}`, needs: 'pull requests: write' }, (octokit) =>
    octokit.rest.pulls.update({ ...repo, pull_number: number, ...changed }),
  );
}

/** Says something on it, once: what has been said already is not said again, also where the answer to that was lost. */
export async function commentOnce({ ask, repo }: Client, number: number, body: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const there = await ask({ what: `read #${number}`, needs: 'pull requests: read' }, (octokit) =>
      octokit.paginate(octokit.rest.issues.listComments, { ...repo, issue_number: number, per_page: 100 }),
    );
    if (there.some((each) => each.body === body)) return;
    try {
      await ask({ what: `comment on #${number}`, needs: 'pull requests: write' }, (octokit) =>
        octokit.rest.issues.createComment({ ...repo, issue_number: number, body, request: { retries: 0 } }),
      );
      return;
    } catch (error) {
      if (!isLost(error) || attempt === attempts) throw error;
    }
  }
}

function asPullRequest(
  found: Pick<Listed, 'number' | 'html_url' | 'title' | 'body' | 'head' | 'base' | 'user'>,
): PullRequest {
  const { number, html_url: url, title, body, head, base, user } = found;
  return {
    number,
    url,
    title,
    body: body ?? '',
    branch: head.ref,
    head: head.sha,
    base: base.ref,
    by: user?.login ?? '',
  };
}
