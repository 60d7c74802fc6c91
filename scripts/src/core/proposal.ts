import { approvalSubject } from './approval.ts';
import { readMessage } from './message.ts';
import { planTitle, type Plan, type Verb } from './plan.ts';
import type { Approval } from './policy.ts';
import type { ReleaseFile } from './release-file.ts';
import { digestOf } from './snapshot.ts';

/** A change that waits for a gate to open, as a pull request to the environment's branch. */
export interface Proposal {
  environment: string;
  number: number;
  url: string;
  branch: string;
  /** The one commit that it is, on the head of the environment's branch when it was proposed. */
  head: string;
  body: string;
  verb: Verb;
  /** Who asked, as `Name <mail>`. */
  by: string;
  allowed: NonNullable<Plan['allowed']>;
  /** The gates that it passes over, and why. */
  overridden: readonly string[];
  why: string | undefined;
  intent: string;
  changes: ProposedChange[];
}

export interface ProposedChange {
  app: string;
  release: ReleaseFile;
  manifests: string;
}

const folders: Partial<Record<Verb, string>> = {
  promotion: 'promote',
  override: 'override',
  reconfiguration: 'reconfigure',
};

/** GitHub refuses titles beyond 256 characters. */
const longestTitle = 256;

/** What names of apps in a branch may take: with the rest a ref stays far below what file systems allow. */
const longestNames = 100;

/** Whether a plan can be proposed: rollbacks land at once, deliveries ask nobody. */
export function isProposable({ verb }: Pick<Plan, 'verb'>): boolean {
  return folders[verb] !== undefined;
}

/**
 * The branch of a proposal, after what it brings where: the same apps and environment give the same branch, whichever
 * releases they are, so that a newer proposal takes the place of an older one.
 */
export function proposalBranch({ verb, environment, changes }: Pick<Plan, 'verb' | 'environment' | 'changes'>): string {
  const apps = changes.map(({ app }) => app).toSorted();
  const all = apps.join('+');
  const some = `${all.slice(0, longestNames).replace(/[^a-z0-9]+$/, '')}-and-more-${digestOf(apps)}`;
  return `${folders[verb] ?? verb}/${environment}/${all.length <= longestNames ? all : some}`;
}

/** What the branches of proposals for an environment begin with: `promote/prod/` and its like. */
export function proposalPrefixes(environment: string): string[] {
  return Object.values(folders).map((folder) => `${folder}/${environment}/`);
}

/** Whether a branch is one that proposals for an environment have. */
export function isProposalBranch(branch: string, environment: string): boolean {
  return proposalPrefixes(environment).some((prefix) => branch.startsWith(prefix));
}

export function proposalTitle(plan: Pick<Plan, 'verb' | 'environment' | 'changes'>): string {
  const title = planTitle(plan);
  return title.length <= longestTitle ? title : `${title.slice(0, longestTitle - 3)}...`;
}

/** What a proposal's commit says was asked; undefined where it is no such commit. */
export function readIntent(
  message: string,
): Pick<Proposal, 'verb' | 'by' | 'allowed' | 'overridden' | 'why' | 'intent'> | undefined {
  const { verb, by, allowed, overridden, why, intent } = readMessage(message);
  if (!isProposable({ verb }) || by === '' || intent === undefined) return undefined;
  return { verb, by, allowed: [...allowed], overridden: [...overridden], why, intent };
}

/** Whether a plan would bring exactly what is proposed, at the same word: then nobody has to look at it again. */
export function isSameProposal(
  proposal: Pick<Proposal, 'verb' | 'allowed' | 'overridden' | 'changes'>,
  plan: Plan,
): boolean {
  const key = (changes: readonly { app: string; release: { release: string }; manifests: string }[]): string =>
    digestOf(changes.flatMap(({ app, release, manifests }) => [app, release.release, manifests]).toSorted());
  const words = ({ verb, allowed = [], overridden = [] }: Pick<Plan, 'verb' | 'allowed' | 'overridden'>): string =>
    [verb, ...allowed.toSorted(), '', ...overridden.toSorted()].join(' ');
  return words(proposal) === words(plan) && key(proposal.changes) === key(plan.changes);
}

/** Whether a plan and a proposal bring the same app to the same environment: then one of them overtakes the other. */
export function bringsOneOf(proposal: Proposal, { environment, changes }: Plan): boolean {
  return (
    proposal.environment === environment && proposal.changes.some(({ app }) => changes.some((each) => each.app === app))
  );
}

/** What a review of a proposal says about each of its apps, as if it had been said with `approve`. */
export function reviewsOf({ environment, overridden, changes }: Proposal, by: string, at: string): Approval[] {
  return changes.map(({ app, release, manifests }) => ({
    app,
    subject: approvalSubject(app, environment, release.release, manifests, overridden),
    by,
    at,
  }));
}

/** What is proposed for an app in an environment, in a line each. */
export function proposalsOf(
  proposals: readonly Proposal[],
  { app, environment }: { app: string; environment: string },
): string[] {
  return proposals
    .filter((each) => each.environment === environment)
    .flatMap(({ number, url, by, changes }) => {
      const change = changes.find((each) => each.app === app);
      return change === undefined ? [] : [`${change.release.tag} proposed as #${number} by ${by}: ${url}`];
    });
}
