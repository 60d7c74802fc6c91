import { releasePaths, type BranchState } from './branch-state.ts';
import { blocking, type Allowance, type Verb, type Verdict } from './gates/index.ts';
import { formatPolicy, policyFolder, withoutApprovals, type Policy } from './policy.ts';
import type { ReleaseFile } from './release-file.ts';
import { formatRelease } from './release-file.ts';
import { digestOf } from './snapshot.ts';

export type { Verb } from './gates/index.ts';

/** What one app would become in an environment. */
export interface Change {
  app: string;
  /** Complete but for the intent, which is the plan's; of a retirement the one that goes. */
  release: Omit<ReleaseFile, 'intent'>;
  previous: ReleaseFile | undefined;
  /** What would be rendered there; nothing where the app is retired. */
  manifests: string;
  verdicts: Verdict[];
  /** Why it is due, in a few words. */
  reason: string;
  /** The objects that go, as `Kind/name`, those that keep data first, where the app is retired. */
  removed?: string[] | undefined;
  /** The bytes of an earlier release.yaml, where a rollback brings them back as they were. */
  restored?: string | undefined;
}

/** What would be written to one deploy branch, and on what it was decided. */
export interface Plan {
  verb: Verb;
  environment: string;
  /** The head of the deploy branch that the plan was made on. */
  head: string;
  /** The revision of main that configuration and gates were taken from. */
  configuredBy: string;
  by: string;
  changes: Change[];
  /** What the environment's policy becomes with it, where that changes too. */
  policy?: Policy | undefined;
  /** What whoever asks has allowed by a word of their own. */
  allowed?: readonly Allowance[] | undefined;
  /** The gates that an override passes over. */
  overridden?: readonly string[] | undefined;
  /** Why, in the words of whoever asks. */
  why?: string | undefined;
  /** The id it landed by, where it has landed already and is only followed. */
  intent?: string | undefined;
}

/** What plans of changes by one verb to one environment have in common. */
export interface PlanBasis {
  verb: Verb;
  target: BranchState;
  configuredBy: string;
  by: string;
  allowed: readonly Allowance[];
  overridden?: readonly string[] | undefined;
  why?: string | undefined;
}

/** The plan of some changes; approvals of their apps have served with it. */
export function planOf(
  { verb, target, configuredBy, by, allowed, overridden, why }: PlanBasis,
  changes: Change[],
): Plan {
  const apps = changes.map(({ app }) => app);
  return {
    verb,
    environment: target.environment,
    head: target.head,
    configuredBy,
    by,
    changes,
    ...(allowed.length === 0 ? {} : { allowed }),
    ...(overridden === undefined ? {} : { overridden }),
    ...(why === undefined ? {} : { why }),
    ...(target.policy.approvals.length === 0 ? {} : { policy: withoutApprovals(target.policy, apps) }),
  };
}

/** What a landing writes: files on the head of an environment's branch, as one commit. */
export interface Writing {
  environment: string;
  head: string;
  files: ReadonlyMap<string, string>;
  /** Paths that are there no longer. */
  removed?: readonly string[] | undefined;
  /** The files and folders of the branch that it was decided on. */
  basis: readonly string[];
  message: string;
}

/** A plan as what is written for it. */
export function planWriting(plan: Plan): Writing {
  const { environment, head, changes } = plan;
  const basis = [policyFolder, ...changes.map(({ app }) => app)];
  const removed = plan.verb === 'retirement' ? changes.flatMap(({ app }) => releasePaths(app)) : undefined;
  return { environment, head, files: planFiles(plan), removed, basis, message: commitMessage(plan) };
}

/**
 * The id of what is asked, 16 hex digits: verb, environment, and for each app what replaces what.
 * Asking the same again gives the same id; asking for it after something else ran in between gives another.
 */
export function intentId(
  plan: Pick<Plan, 'verb' | 'environment' | 'by' | 'changes' | 'intent' | 'overridden'>,
): string {
  if (plan.intent !== undefined) return plan.intent;
  const changes = plan.changes
    .map(({ app, release, previous }) =>
      [app, release.release, release.tag, release.overlayRevision, previous?.intent ?? ''].join(' '),
    )
    .toSorted();
  return digestOf([plan.verb, plan.environment, plan.by, ...changes, ...(plan.overridden ?? []).toSorted()]);
}

/** The files that a plan writes, by path on the deploy branch. */
export function planFiles(plan: Plan): Map<string, string> {
  const intent = intentId(plan);
  const files = new Map<string, string>();
  for (const { app, release, manifests, restored } of plan.verb === 'retirement' ? [] : plan.changes) {
    files.set(`${app}/manifests.yaml`, manifests);
    files.set(`${app}/release.yaml`, restored ?? formatRelease({ ...release, intent }));
  }
  if (plan.policy !== undefined) for (const [path, text] of formatPolicy(plan.policy)) files.set(path, text);
  return files;
}

const titles: Record<Verb, (names: string, environment: string) => string> = {
  delivery: (names, environment) => `Deliver ${names} to ${environment}`,
  promotion: (names, environment) => `Promote ${names} to ${environment}`,
  override: (names, environment) => `Override gates to promote ${names} to ${environment}`,
  reconfiguration: (names, environment) => `Reconfigure ${names} in ${environment}`,
  rollback: (names, environment) => `Roll back ${names} in ${environment}`,
  retirement: (names, environment) => `Retire ${names} in ${environment}`,
};

/** A plan in a few words, as the title of its commit. */
export function planTitle(plan: Pick<Plan, 'verb' | 'environment' | 'changes'>): string {
  const names = plan.changes.map((each) => each.app);
  const listed = names.length > 4 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  return titles[plan.verb](listed, plan.environment);
}

/** The message of a landing's commit: what went where, then who asked and on what grounds as trailers. */
export function commitMessage(plan: Plan): string {
  const body = plan.changes.map(({ app, release, previous }) => {
    const from = previous === undefined ? 'first release' : `${previous.tag} (${previous.release})`;
    return `${app}: ${from} -> ${plan.verb === 'retirement' ? 'nothing' : `${release.tag} (${release.release})`}`;
  });
  return [
    planTitle(plan),
    '',
    ...(plan.why === undefined || plan.verb === 'override' ? [] : [plan.why, '']),
    ...body,
    '',
    `Verb: ${plan.verb}`,
    `Intent: ${intentId(plan)}`,
    `Configured-by: ${plan.configuredBy}`,
    ...(plan.allowed ?? []).map((each) => `Allowed: ${each}`),
    ...(plan.overridden ?? []).map((each) => `Override: ${each}`),
    ...(plan.why !== undefined && plan.verb === 'override' ? [`Reason: ${plan.why.replace(/\s+/g, ' ')}`] : []),
    `By: ${plan.by}`,
    '',
  ].join('\n');
}

/** What can be asked for by a flag of its own. */
export function allowances(flags: {
  allowDowngrade?: boolean | undefined;
  allowDeletion?: boolean | undefined;
}): Allowance[] {
  return [
    ...(flags.allowDowngrade === true ? ['downgrade' as const] : []),
    ...(flags.allowDeletion === true ? ['deletion' as const] : []),
  ];
}

/** The verdicts that stand in the way. */
export function blockers(plan: Plan): { app: string; verdict: Verdict }[] {
  return plan.changes.flatMap(({ app, verdicts }) => blocking(verdicts).map((verdict) => ({ app, verdict })));
}
