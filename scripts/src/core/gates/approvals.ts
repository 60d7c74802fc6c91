import { approvalSubject, approvers, describeApprovals } from '../approval.ts';
import type { Approval } from '../policy.ts';
import type { Gate, GateFacts, Verb, Verdict } from './gate.ts';

const asked: ReadonlySet<Verb> = new Set(['promotion', 'reconfiguration', 'retirement']);

/** Enough people other than the one who asks have approved exactly these bytes: by `approve`, or by a review of the proposal. */
export const approvals: Gate = {
  name: 'approvals',
  kind: 'landing',
  fixed: ({ production }) => (production ? 'nobody brings something to production alone' : undefined),
  needs: ({ landing }) => (landing === 'pull-request' ? ['reviews'] : []),
  asked: (verb, { gates }) => asked.has(verb) && (gates.approvals?.count ?? 0) > 0,
  evaluate({ app, verb, environment, release, manifests, policy, by, overridden, reviews }) {
    const count = environment.gates.approvals?.count ?? 0;
    if (manifests === undefined)
      return { gate: 'approvals', state: 'unknown', evidence: 'there is no rendering to approve' };
    if (by === '') return { gate: 'approvals', state: 'unknown', evidence: 'nobody says who asks' };
    const subject = approvalSubject(app, environment.name, release.release, manifests.after, overridden);
    const onThis = (given: readonly Approval[]): Approval[] =>
      given.filter((each) => each.app === app && each.subject === subject);
    const known = reviews?.state === 'known' ? reviews : { approvals: [], objections: [] };
    const given = onThis([...policy.approvals, ...known.approvals]);
    const people = approvers(given, [by]);
    const own = people.length < approvers(given, []).length;
    const evidence = describeApprovals(people, count);
    const [objection] = onThis(known.objections);
    if (objection !== undefined) {
      return pending(`${evidence}; ${objection.by} asks for changes`, `talk to ${objection.by}, who can approve it`);
    }
    if (people.length >= count) return { gate: 'approvals', state: 'pass', evidence };
    if (reviews?.state === 'unknown') {
      const unread = `${evidence}; the reviews could not be read: ${reviews.reason}`;
      return { gate: 'approvals', state: 'unknown', evidence: unread, next: 'try again when GitHub answers' };
    }
    return pending(
      own ? `${evidence}; ${by} asked and does not count` : evidence,
      ways({ app, verb, environment, release, overridden, reviews }),
    );
  },
};

function pending(evidence: string, next: string): Verdict {
  return { gate: 'approvals', state: 'pending', evidence, next };
}

function ways({
  app,
  verb,
  environment,
  release,
  overridden,
  reviews,
}: Pick<GateFacts, 'app' | 'verb' | 'environment' | 'release' | 'overridden' | 'reviews'>): string {
  const passing = overridden === undefined || overridden.size === 0 ? '' : ` --override ${[...overridden].join(' ')}`;
  const from = environment.after.length > 1 && release.from !== undefined ? `--from ${release.from} ` : '';
  // A tag is that of every release with its image, an id of one.
  const promoted = `${from}--release ${release.release}${passing}`;
  const what = verb === 'retirement' || verb === 'reconfiguration' ? `--${verb}` : promoted;
  const command = `pnpm run approve ${app} --to ${environment.name} ${what}`;
  const reviewed = reviews !== undefined && environment.landing === 'pull-request' && verb !== 'retirement';
  return `somebody else${reviewed ? ' approves the pull request, or' : ''}: ${command}`;
}
