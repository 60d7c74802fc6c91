import type { GitHub } from '../adapters/github/index.ts';
import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import { blocking, mayWait } from '../core/gates/index.ts';
import { findEnvironment } from '../core/graph.ts';
import { commitMessage, planFiles, type Plan } from '../core/plan.ts';
import {
  bringsOneOf,
  isProposable,
  isSameProposal,
  proposalBranch,
  proposalTitle,
  type Proposal,
} from '../core/proposal.ts';
import { proposalBody, proposedAs } from '../core/proposal-body.ts';
import type { Planned } from './apply.ts';
import { closeProposal, readProposals } from './proposals.ts';
import { remoteRefs, type Repository } from './repository.ts';

/** A plan with its proposal's place. */
export interface Proposed {
  number: number;
  url: string;
  state: 'opened' | 'updated' | 'unchanged';
}

/** Somebody else may have moved the branch; so often in a row means that something else is wrong. */
const attempts = 5;

/** Whether a plan becomes a proposal: its environment takes them, and what is in the way may still open by itself or by people. */
export function mayPropose({ config, github }: Pick<Repository, 'config' | 'github'>, plan: Plan): boolean {
  const { landing } = findEnvironment(config, plan.environment);
  if (github === undefined || landing !== 'pull-request' || !isProposable(plan)) return false;
  const verdicts = plan.changes.flatMap((each) => each.verdicts);
  return blocking(verdicts).length > 0 && mayWait(verdicts);
}

/**
 * Makes a plan the one proposal for its apps and environment: opened, updated in place where it brings something else, or
 * left alone where it brings exactly that already. Others that bring one of these apps there are closed. Doing it again
 * after a crash anywhere gives the same.
 */
export async function propose(
  context: Context,
  repository: Repository,
  by: Identity,
  { plan, target }: Planned & { plan: Plan },
  branch = proposalBranch(plan),
): Promise<Proposed> {
  const { git, remote, github } = repository;
  if (github === undefined) throw new Error('proposals are pull requests on GitHub');
  const where = { ...repository, github };
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const others = await readProposals(where, plan.environment);
    const own = others.find((each) => each.branch === branch);
    const same = own !== undefined && isSameProposal(own, plan);
    const head = same ? own.head : await write(context, repository, by, plan, branch);
    if (head === undefined) {
      await git.fetch(remote.name);
      continue;
    }
    const [title, body] = [proposalTitle(plan), proposalBody(plan, head, target.manifests)];
    const place = own ?? (await open(github, { branch, base: deployBranch(plan.environment), title, body }));
    if (!place.body.includes(proposedAs(head))) await github.updatePullRequest(place.number, { title, body });
    for (const other of others.filter((each) => each !== own && bringsOneOf(each, plan))) {
      await closeProposal(
        where,
        other,
        `Overtaken by #${place.number}, which brings ${appsOf(plan)} to ${plan.environment}.`,
      );
    }
    const { number, url } = place;
    return { number, url, state: own === undefined ? 'opened' : same ? 'unchanged' : 'updated' };
  }
  throw new UserError(`${branch} moved ${attempts} times while this was proposed`, {
    hint: 'try again',
    exit: 'superseded',
  });
}

/** Sets the branch to one commit on the head that the plan was made on; undefined where somebody else has just moved it. */
async function write(
  context: Context,
  { git, remote }: Repository,
  by: Identity,
  plan: Plan,
  branch: string,
): Promise<string | undefined> {
  const at = Math.floor(context.clock.now().getTime() / 1000);
  // Stops and approvals are no part of it: they are what they are when it lands.
  const files = planFiles({ ...plan, policy: undefined });
  const [commit = ''] = await git.commit(plan.head, { files, message: commitMessage(plan), by, at });
  const written = await git.replace(remote.name, branch, commit, await git.resolve(`${remoteRefs(remote)}/${branch}`));
  if (written.state === 'landed') return commit;
  // What the remote did not say shows when it is looked at again.
  if (written.state !== 'refused') return undefined;
  throw new UserError(`${remote.name} refused the proposal's branch ${branch}: ${written.reason}`, {
    hint: 'the rules of that branch have to let the pipeline write it',
  });
}

/** Opens the pull request; UserError where somebody else has one open from that branch. */
async function open(
  github: GitHub,
  asked: { branch: string; base: string; title: string; body: string },
): Promise<Pick<Proposal, 'number' | 'url' | 'body'>> {
  const found = await github.openPullRequest(asked);
  if (found.by === (await github.login())) return found;
  throw new UserError(`${found.url} has the branch of this proposal, and ${found.by} opened it`, {
    hint: 'close it: only what the pipeline opens is a proposal',
  });
}

function appsOf({ changes }: Plan): string {
  return changes.map(({ app }) => app).join(', ');
}
