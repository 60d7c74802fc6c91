import type { Identity } from '../core/identity.ts';
import type { Context } from '../context.ts';
import { deployBranch } from '../core/branch-state.ts';
import { UserError } from '../core/errors.ts';
import { describeVerdict } from '../core/gates/index.ts';
import { findApp, findEnvironment } from '../core/graph.ts';
import { blockers, planWriting, type Plan } from '../core/plan.ts';
import { planPromotion } from '../core/promotion.ts';
import { bringsOneOf, isSameProposal, type Proposal } from '../core/proposal.ts';
import { proposedAs } from '../core/proposal-body.ts';
import { describePlan } from '../ui/index.ts';
import type { Planned } from './apply.ts';
import { completePlan } from './complete.ts';
import { findRelease, hasRelease } from './find-release.ts';
import { land, type Landing } from './land.ts';
import { closeProposal, proposingEnvironments, readProposals } from './proposals.ts';
import { mayPropose, propose } from './propose.ts';
import { writeObservations } from './record.ts';
import { planReconfiguration } from './reconfiguration.ts';
import { branchState, landedState } from './branches.ts';
import { remoteRefs, reopenRepository, type Repository } from './repository.ts';
import { createSources } from './sources.ts';

/** What became of an open proposal. */
export interface Settled {
  state: 'landed' | 'closed' | 'updated' | 'waits';
  landing?: Landing<Plan> | undefined;
}

/** Every open proposal, where the remote can have any and this process may act on them. */
export async function openProposals(repository: Repository): Promise<Proposal[]> {
  const { github, writes, config } = repository;
  if (github === undefined || !writes) return [];
  const found = await Promise.all(
    proposingEnvironments(config).map((name) => readProposals({ ...repository, github }, name)),
  );
  return found.flat();
}

/**
 * Plans an open proposal again on the tip of its environment, with the same releases: lands it where every gate passes,
 * updates it where it would bring other bytes than were looked at, closes it where nothing of it is left to do or where
 * it can never land. With `dryRun` it only says which.
 */
export async function settle(
  context: Context,
  repository: Repository,
  by: Identity,
  proposal: Proposal,
  dryRun = false,
): Promise<Settled> {
  const { github } = repository;
  if (github === undefined) throw new Error('proposals are pull requests on GitHub');
  const where = { ...repository, github };
  async function close(why: string): Promise<Settled> {
    if (!dryRun) await closeProposal(where, proposal, why);
    return { state: 'closed' };
  }

  const gone = await describeGone(repository, proposal);
  if (gone !== undefined) return close(`This can no longer land: ${gone}`);
  const planned = await planAgain(context, repository, proposal);
  const { plan } = planned;
  if (plan === undefined) return close(await describeThere(repository, proposal));
  const failed = blockers(plan).find(({ verdict }) => verdict.final === true);
  if (failed !== undefined) return close(`This can no longer land. ${failed.app}: ${describeVerdict(failed.verdict)}.`);

  if (blockers(plan).length === 0) {
    if (dryRun) return { state: 'landed' };
    context.stderr.write(`#${proposal.number}: ${describePlan(plan, planned.target.manifests)}`);
    await writeObservations(context, repository, by, planned.seen ?? []);
    const landing = await land(context, repository, by, plan, planWriting, async () => {
      const again = await planAgain(context, await reopenRepository(repository), proposal);
      if (again.plan === undefined || blockers(again.plan).length > 0) return undefined;
      await writeObservations(context, repository, by, again.seen ?? []);
      return again.plan;
    });
    // Somebody was faster; the next look sees what became of it.
    if (landing === undefined) return { state: 'waits' };
    await closeProposal(where, proposal, describeLanding(landing));
    return { state: 'landed', landing };
  }

  const current = isSameProposal(proposal, plan) && proposal.body.includes(proposedAs(proposal.head));
  if (current || !mayPropose(repository, plan)) return { state: 'waits' };
  if (!dryRun) await propose(context, repository, by, { ...planned, plan }, proposal.branch);
  return { state: 'updated' };
}

/** What a proposal asks for, on what is there now; its own intent where it brings the same bytes. */
async function planAgain(context: Context, repository: Repository, proposal: Proposal): Promise<Planned> {
  const { verb, environment, by, allowed, changes } = proposal;
  const planned =
    verb === 'reconfiguration'
      ? await planReconfiguration(context, repository, {
          apps: changes.map(({ app }) => app),
          environment,
          by,
          allowDeletion: allowed.includes('deletion'),
        })
      : await planReleases(context, repository, proposal);
  const { plan } = planned;
  return plan !== undefined && isSameProposal(proposal, plan)
    ? { ...planned, plan: { ...plan, intent: proposal.intent } }
    : planned;
}

/** The promotion of exactly the releases of a proposal, from where it took them. */
async function planReleases(
  context: Context,
  repository: Repository,
  { verb, environment: name, by, allowed, overridden, why, changes }: Proposal,
): Promise<Planned> {
  const { git, remote, config, main } = repository;
  const refs = remoteRefs(remote);
  const environment = findEnvironment(config, name);
  const target = await branchState(git, name, refs);
  const sources = createSources(git);
  const planned = await Promise.all(
    changes.map(async ({ app, release }) => {
      findApp(config, app);
      const past = await findRelease(git, refs, release.from ?? '', app, release.release);
      const tip = await sources(main.revision, app);
      return planPromotion({ environment, app, main: tip, candidate: past.release, target }) ?? [];
    }),
  );
  const asked = { verb, target, configuredBy: main.revision, by, allowed };
  const basis = verb === 'override' ? { ...asked, overridden, why } : asked;
  return completePlan(context, repository, basis, planned.flat());
}

/** Closes the proposals that what has just landed leaves nothing of; where that fails, reconciling does it. */
export async function closeOvertaken(context: Context, repository: Repository, landing: Landing<Plan>): Promise<void> {
  const { github, writes, config } = repository;
  const { plan } = landing;
  if (github === undefined || !writes || findEnvironment(config, plan.environment).landing === 'direct') return;
  const where = { ...repository, github };
  try {
    for (const proposal of await readProposals(where, plan.environment)) {
      if (bringsOneOf(proposal, plan)) await closeProposal(where, proposal, describeLanding(landing));
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    context.stderr.write(`proposals that this overtakes stay open for now: ${error.message}\n`);
  }
}

function describeLanding({ plan, commit }: Landing<Plan>): string {
  const apps = plan.changes.map(({ app, release }) => `${app} ${release.tag}`).join(', ');
  if (plan.verb === 'retirement') return `Retired ${apps} by ${commit} on ${deployBranch(plan.environment)}.`;
  return `Landed ${apps} on ${deployBranch(plan.environment)} as ${commit}.`;
}

async function describeThere({ git, remote }: Repository, { environment, changes }: Proposal): Promise<string> {
  const { commits } = await landedState(git, environment, remoteRefs(remote));
  const since = changes.map(({ app }) => `${app} since ${commits.get(app) ?? 'its first release'}`);
  return `${environment} runs this already: ${since.join(', ')}.`;
}

/** Why there is nothing to plan for an app of a proposal any more; undefined where there is for each. */
async function describeGone(
  { git, remote, config }: Repository,
  { verb, environment, head, changes }: Proposal,
): Promise<string | undefined> {
  const [apps, refs] = [changes.map(({ app }) => app), remoteRefs(remote)];
  const unknown = apps.filter((app) => !Object.hasOwn(config.apps, app));
  if (unknown.length > 0) return `main no longer configures ${unknown.join(', ')}.`;
  const { releases } = await branchState(git, environment, refs, apps);
  const absent = apps.filter((app) => !releases.has(app));
  // What was there when it was proposed has been retired since; else it is a first release.
  const before = await Promise.all(absent.map((app) => git.objectId(`${head}~1:${app}`)));
  const left = absent.filter((_, index) => verb === 'reconfiguration' || before[index] !== undefined);
  if (left.length > 0) return `${environment} no longer runs ${left.join(', ')}.`;
  if (verb === 'reconfiguration') return undefined;
  for (const { app, release } of changes) {
    const from = release.from ?? '';
    if (await hasRelease(git, refs, from, app, release.release)) continue;
    return `the history of ${from} no longer has ${app} ${release.tag}.`;
  }
  return undefined;
}
