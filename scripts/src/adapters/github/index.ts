import { gitHubPage } from '../../core/github-address.ts';
import type { CheckRun } from '../../core/gates/index.ts';
import type { Git } from '../git.ts';
import type { Writer } from '../writer.ts';
import { readCheckRuns } from './checks.ts';
import { createClient, type ClientSettings } from './client.ts';
import {
  commentOnce,
  openPullRequest,
  openPullRequests,
  updatePullRequest,
  type PullRequest,
  type PullRequestText,
} from './pulls.ts';
import { readReviews, type Review } from './reviews.ts';
import { isRestricted } from './rules.ts';
import { dispatchWorkflow } from './workflows.ts';
import { createGitHubWriter } from './writer.ts';

export type { PullRequest } from './pulls.ts';

/** A repository on GitHub, by its API. Everything throws UserError where GitHub refuses or does not answer. */
export interface GitHub {
  hasToken: boolean;
  /** Where its pages are. */
  page: string;
  /** Who the token belongs to: a login, that of an App with `[bot]` behind it. */
  login(): Promise<string>;
  writer(git: Git, remote: string): Writer;
  openPullRequests(wanted?: { base?: string; branch?: string }): Promise<PullRequest[]>;
  /** Gives the one that is open already where there is one. */
  openPullRequest(asked: PullRequestText & { branch: string; base: string }): Promise<PullRequest>;
  updatePullRequest(number: number, changed: PullRequestText): Promise<void>;
  /** Says something on it, once: what has been said already is not said again. */
  commentOnce(number: number, body: string): Promise<void>;
  reviews(number: number): Promise<Review[]>;
  checkRuns(revision: string): Promise<CheckRun[]>;
  /** Whether only those may update a branch whom its rules except. */
  isRestricted(branch: string): Promise<boolean>;
  /** Gives where to watch it. */
  dispatch(workflow: string, inputs: Record<string, string>): Promise<string>;
}

export function createGitHub(settings: ClientSettings): GitHub {
  const client = createClient(settings);
  let login: Promise<string> | undefined;
  return {
    hasToken: client.hasToken,
    page: gitHubPage(client.address),
    login() {
      login ??= client.ask({ what: 'ask who this is', needs: 'metadata: read' }, async (octokit) => {
        const { viewer } = await octokit.graphql<{ viewer: { login: string } }>('{ viewer { login } }');
        return viewer.login;
      });
      return login;
    },
    writer: (git, remote) => createGitHubWriter(client, git, remote),
    openPullRequests: (wanted) => openPullRequests(client, wanted),
    openPullRequest: (asked) => openPullRequest(client, asked),
    updatePullRequest: (number, changed) => updatePullRequest(client, number, changed),
    commentOnce: (number, body) => commentOnce(client, number, body),
    reviews: (number) => readReviews(client, number),
    checkRuns: (revision) => readCheckRuns(client, revision),
    isRestricted: (branch) => isRestricted(client, branch),
    dispatch: (workflow, inputs) => dispatchWorkflow(client, workflow, inputs),
  };
}
