import type { Verdict } from './gates/index.ts';
import type { ReleaseFile } from './release-file.ts';
import { formatRelease } from './release-file.ts';
import { digestOf } from './snapshot.ts';

export type Verb = 'delivery' | 'promotion';

/** What one app would become in an environment. */
export interface Change {
  app: string;
  /** Complete but for the intent, which is the plan's. */
  release: Omit<ReleaseFile, 'intent'>;
  previous: ReleaseFile | undefined;
  manifests: string;
  verdicts: Verdict[];
  /** Why it is due, in a few words. */
  reason: string;
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
}

/**
 * The id of what is asked, 16 hex digits: verb, environment, and for each app what replaces what.
 * Asking the same again gives the same id; asking for it after something else ran in between gives another.
 */
export function intentId(plan: Pick<Plan, 'verb' | 'environment' | 'by' | 'changes'>): string {
  const changes = plan.changes
    .map(({ app, release, previous }) =>
      [app, release.release, release.tag, release.overlayRevision, previous?.intent ?? ''].join(' '),
    )
    .toSorted();
  return digestOf([plan.verb, plan.environment, plan.by, ...changes]);
}

/** The files that a plan writes, by path on the deploy branch. */
export function planFiles(plan: Plan): Map<string, string> {
  const intent = intentId(plan);
  const files = new Map<string, string>();
  for (const { app, release, manifests } of plan.changes) {
    files.set(`${app}/manifests.yaml`, manifests);
    files.set(`${app}/release.yaml`, formatRelease({ ...release, intent }));
  }
  return files;
}

/** The message of a landing's commit: what went where, then who asked and on what grounds as trailers. */
export function commitMessage(plan: Plan): string {
  const names = plan.changes.map((each) => each.app).join(', ');
  const title =
    plan.verb === 'delivery' ? `Deliver ${names} to ${plan.environment}` : `Promote ${names} to ${plan.environment}`;
  const body = plan.changes.map(({ app, release, previous }) => {
    const from = previous === undefined ? 'first release' : `${previous.tag} (${previous.release})`;
    return `${app}: ${from} -> ${release.tag} (${release.release})`;
  });
  return [
    title,
    '',
    ...body,
    '',
    `Intent: ${intentId(plan)}`,
    `Configured-by: ${plan.configuredBy}`,
    `By: ${plan.by}`,
    '',
  ].join('\n');
}

/** The verdicts that stand in the way. */
export function blockers(plan: Plan): { app: string; verdict: Verdict }[] {
  return plan.changes.flatMap(({ app, verdicts }) =>
    verdicts.filter((verdict) => verdict.state !== 'pass').map((verdict) => ({ app, verdict })),
  );
}
