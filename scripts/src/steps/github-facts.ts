import { personOf } from '../core/identity.ts';
import type { Remote } from '../adapters/remote.ts';
import { UserError } from '../core/errors.ts';
import type { ChecksAnswer, ReviewsAnswer } from '../core/gates/index.ts';
import { reviewsOf } from '../core/proposal.ts';
import { gitHubIdentity } from './identity.ts';
import { readProposals } from './proposals.ts';
import type { Repository } from './repository.ts';

/** What gates want to know from GitHub about one environment; asked when it is needed, and once. */
export interface GitHubFacts {
  checks(revision: string): Promise<ChecksAnswer>;
  /** Undefined where the remote has no proposals. */
  reviews(): Promise<ReviewsAnswer | undefined>;
}

export type GitHubSource = Pick<Repository, 'git' | 'github' | 'writes'> & { remote: Pick<Remote, 'name'> };

export function createGitHubFacts(source: GitHubSource, environment: string): GitHubFacts {
  const checks = new Map<string, Promise<ChecksAnswer>>();
  let reviews: Promise<ReviewsAnswer | undefined> | undefined;
  return {
    checks(revision) {
      const asked = checks.get(revision) ?? askChecks(source, revision);
      checks.set(revision, asked);
      return asked;
    },
    reviews() {
      reviews ??= askReviews(source, environment);
      return reviews;
    },
  };
}

async function askChecks({ github, remote }: GitHubSource, revision: string): Promise<ChecksAnswer> {
  if (github === undefined) return { state: 'unknown', reason: `${remote.name} is not on GitHub` };
  return orUnknown(async () => ({ state: 'known', runs: await github.checkRuns(revision) }));
}

/** Every last word on an open proposal that was said of the commit that it is at now. */
async function askReviews(source: GitHubSource, environment: string): Promise<ReviewsAnswer | undefined> {
  const { github } = source;
  if (github === undefined) return undefined;
  return orUnknown(async () => {
    const proposals = await readProposals({ ...source, github }, environment);
    const words = await Promise.all(
      proposals.map(async (proposal) => {
        const given = await github.reviews(proposal.number);
        return given
          .filter(({ commit }) => commit === proposal.head)
          .map(({ state, login, at }) => ({ state, said: reviewsOf(proposal, personOf(gitHubIdentity(login)), at) }));
      }),
    );
    const of = (wanted: string): ReviewsOf => words.flat().flatMap(({ state, said }) => (state === wanted ? said : []));
    return { state: 'known', approvals: of('approved'), objections: of('changes requested') };
  });
}

type ReviewsOf = ReturnType<typeof reviewsOf>;

async function orUnknown<T>(ask: () => Promise<T>): Promise<T | { state: 'unknown'; reason: string }> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { state: 'unknown', reason: error.message };
  }
}
