import { personOf } from '../core/identity.ts';
import type { Git } from '../adapters/git.ts';
import type { Environment } from '../core/config.ts';
import { liftingProblems } from '../core/lifting.ts';
import { readMessage } from '../core/message.ts';
import type { Policy } from '../core/policy.ts';

export interface PolicyCheck {
  git: Git;
  environment: Environment;
  /** Whether a bot writes there and names the person, as on GitHub. */
  pipeline?: boolean | undefined;
  /** The commit that would change it. */
  new: string;
  now: Date;
}

/** What is wrong with a change to an environment's policy by one commit; `landing` where that brings a release as well. */
export async function checkPolicy(
  { git, environment, pipeline, new: next, now }: PolicyCheck,
  before: Policy,
  after: Policy,
  landing: boolean,
): Promise<string[]> {
  const { by } = readMessage(await git.message(next));
  const writer = await git.author(next);
  const author = pipeline === true && /\[bot\]@/.test(writer.email) ? by : personOf(writer);
  return [
    ...checkApprovals(author, before, after, landing),
    ...liftingProblems({ environment, before, after, now, by: [author, by] }),
  ];
}

/** An approval is given by whoever commits it, and not together with what it is for. */
function checkApprovals(author: string, before: Policy, after: Policy, landing: boolean): string[] {
  const known = new Set([...before.approvals, ...before.liftings].map((each) => JSON.stringify(each)));
  const given = [
    ...after.approvals.map((each) => ({ each, of: each.app })),
    ...after.liftings.map((each) => ({ each, of: `lifting the ${each.what}` })),
  ];
  const added = given.filter(({ each }) => !known.has(JSON.stringify(each)));
  if (added.length === 0) return [];
  if (landing) return ['an approval is given before a landing, not together with it'];
  return added
    .filter(({ each }) => each.by !== author)
    .map(({ each, of }) => `the approval of ${of} says ${each.by}, its commit is by ${author}`);
}
