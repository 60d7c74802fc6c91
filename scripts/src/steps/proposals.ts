import type { GitHub, PullRequest } from '../adapters/github/index.ts';
import type { Remote } from '../adapters/remote.ts';
import { deployBranch } from '../core/branch-state.ts';
import type { Config } from '../core/config.ts';
import { UserError } from '../core/errors.ts';
import { isBot } from '../core/identity.ts';
import { policyFolder } from '../core/policy.ts';
import { isProposalBranch, readIntent, type Proposal } from '../core/proposal.ts';
import { stateAt } from './branches.ts';
import type { Repository } from './repository.ts';

type Where = Pick<Repository, 'git' | 'writes'> & { remote: Pick<Remote, 'name'>; github: GitHub };

/** Environments whose changes are proposed. */
export function proposingEnvironments({ environments }: Config): string[] {
  return environments.filter((each) => each.landing === 'pull-request').map(({ name }) => name);
}

/**
 * The open proposals for an environment, the oldest first. Only what the pipeline itself has opened is one: its commit
 * says who asked. Outside the pipeline, where nothing is written, what any App has opened is shown.
 */
export async function readProposals(where: Where, environment: string): Promise<Proposal[]> {
  const { github, writes, git, remote } = where;
  const open = await github.openPullRequests({ base: deployBranch(environment) });
  const candidates = open.filter(({ branch }) => isProposalBranch(branch, environment));
  if (candidates.length === 0) return [];
  const own = writes ? await github.login() : undefined;
  const proposed = candidates.filter(({ by }) => (own === undefined ? isBot(by) : by === own));
  const known = await Promise.all(proposed.map(({ head }) => git.resolve(head)));
  if (known.includes(undefined)) await git.fetch(remote.name);
  const found = await Promise.all(proposed.map((each) => readProposal(where, environment, each)));
  return found.filter((each) => each !== undefined).toSorted((a, b) => a.number - b.number);
}

/** Open proposals as whoever only looks sees them. */
export interface SeenProposals {
  open: Proposal[];
  /** Why there may be others. */
  trouble?: string | undefined;
}

/** Every open proposal, where GitHub can be asked; none, without a word, where it is not asked. */
export async function seeProposals(repository: Repository): Promise<SeenProposals> {
  const { github, config } = repository;
  if (github === undefined || !github.hasToken) return { open: [] };
  try {
    const found = await Promise.all(
      proposingEnvironments(config).map((name) => readProposals({ ...repository, github }, name)),
    );
    return { open: found.flat() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { open: [], trouble: error.message };
  }
}

/** What a pull request's head commit asks for; undefined where it is not one commit that a proposal could be. */
async function readProposal(
  { git }: Where,
  environment: string,
  { number, url, branch, head, body }: PullRequest,
): Promise<Proposal | undefined> {
  if ((await git.resolve(head)) === undefined) return undefined;
  const [intent, base] = [readIntent(await git.message(head)), await git.resolve(`${head}~1`)];
  if (intent === undefined || base === undefined) return undefined;
  const apps = [...(await git.differing(base, head))].filter((path) => path !== policyFolder);
  try {
    const { releases, manifests } = await stateAt(git, environment, head, apps);
    const changes = [...releases].flatMap(([app, release]) => {
      const text = manifests.get(app);
      return text === undefined ? [] : [{ app, release, manifests: text }];
    });
    return changes.length === 0 ? undefined : { environment, number, url, branch, head, body, ...intent, changes };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/**
 * Closes a proposal with a comment that says why, by removing its branch, which closes a pull request. One that somebody
 * has just updated stays open. Again, and nothing more happens.
 */
export async function closeProposal(
  { git, remote, github }: Pick<Where, 'git' | 'remote' | 'github'>,
  { number, branch, head }: Proposal,
  why: string,
): Promise<void> {
  await github.commentOnce(number, why);
  const removed = await git.replace(remote.name, branch, undefined, head);
  if (removed.state !== 'refused') return;
  throw new UserError(`${remote.name} refused to remove the proposal's branch ${branch}: ${removed.reason}`, {
    hint: 'the rules of that branch have to let the pipeline remove it',
  });
}
