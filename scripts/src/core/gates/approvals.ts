import { approvalSubject, approvers, describeApprovals } from '../approval.ts';
import type { Gate, Verb } from './gate.ts';

const asked: ReadonlySet<Verb> = new Set(['promotion', 'reconfiguration', 'retirement']);

/** Enough people other than the one who asks have approved exactly these bytes. */
export const approvals: Gate = {
  name: 'approvals',
  kind: 'landing',
  fixed: ({ production }) => (production ? 'nobody brings something to production alone' : undefined),
  asked: (verb, { gates }) => asked.has(verb) && (gates.approvals?.count ?? 0) > 0,
  evaluate({ app, verb, environment, release, manifests, policy, by, overridden }) {
    const count = environment.gates.approvals?.count ?? 0;
    if (manifests === undefined)
      return { gate: 'approvals', state: 'unknown', evidence: 'there is no rendering to approve' };
    if (by === '') return { gate: 'approvals', state: 'unknown', evidence: 'nobody says who asks' };
    const subject = approvalSubject(app, environment.name, release.release, manifests.after, overridden);
    const given = policy.approvals.filter((each) => each.app === app && each.subject === subject);
    const people = approvers(given, [by]);
    const own = people.length < approvers(given, []).length;
    const evidence = describeApprovals(people, count);
    const what = verb === 'retirement' ? '--retirement' : `--release ${release.tag}${passing(overridden)}`;
    if (people.length >= count) return { gate: 'approvals', state: 'pass', evidence };
    return {
      gate: 'approvals',
      state: 'pending',
      evidence: own ? `${evidence}; ${by} asked and does not count` : evidence,
      next: `somebody else: pnpm run approve ${app} --to ${environment.name} ${what}`,
    };
  },
};

function passing(overridden: ReadonlySet<string> | undefined): string {
  return overridden === undefined || overridden.size === 0 ? '' : ` --override ${[...overridden].join(' ')}`;
}
