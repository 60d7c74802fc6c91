import { describe, expect, it } from 'vitest';
import { nextVersion, proposingWorkshop, settleProposals, type GitHubWorkshop } from '../../test/github-workshop.ts';
import { deliveredWorkshop } from '../../test/workshop.ts';
import { inVirtualTime } from '../../test/virtual-time.ts';

const promotion = ['promote', 'web', '--to', 'staging', '--no-wait'] as const;
const branch = 'promote/staging/web';

// Octokit leaves seconds between calls that write or notify.
inVirtualTime();

describe('a lost answer', () => {
  it.each(['done, connection reset', 'done, 500'] as const)('leaves one pull request: %s', async (kind) => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    workshop.github.fault({ on: 'pulls/create', kind });
    const proposed = await workshop.sluice(...promotion);

    expect(proposed.code, proposed.stderr).toBe(0);
    expect(await workshop.github.settled()).toMatchObject([{ state: 'open', head: { branch } }]);
    expect(await workshop.ahead(branch, 'deploy/staging')).toBe(1);
  });

  it('anywhere between approval and the closed proposal leaves one commit, one comment and nothing open', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    await workshop.sluice(...promotion);
    await workshop.github.review(1, 'bob');
    for (const on of ['createCommitOnBranch', 'issues/create-comment']) {
      workshop.github.fault({ on, kind: 'done, connection reset' });
    }

    expect(await settleProposals(workshop)).toEqual({ 1: 'landed' });
    expect(await workshop.ahead('deploy/staging', 'deploy/prod')).toBe(1);
    expect(await workshop.github.settled()).toMatchObject([{ state: 'closed', comments: [{}] }]);
  });
});

describe('a crash', () => {
  it('before or after the pull request, and a run again, give one commit and one pull request', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    // The branch is there and the pull request is not; then it is there with a text that speaks of another commit.
    for (const version of ['2', '3']) {
      await nextVersion(workshop, version);
      stopAt(workshop, 'pull_requests', 'issues');
      const crashed = await workshop.sluice(...promotion);
      expect(crashed.code, crashed.stderr).toBe(1);
      expect(crashed.stderr).toContain('the token lacks the permission pull_requests: write');
      goOn(workshop);
      const again = await workshop.sluice(...promotion);
      expect(again.code, again.stderr).toBe(0);
      const [head, pulls] = [await workshop.head(branch), await workshop.github.settled()];
      expect(pulls).toMatchObject([{ state: 'open', head: { sha: head } }]);
      expect(pulls[0]?.body).toContain(`Proposed as ${head}.`);
      expect(await workshop.ahead(branch, 'deploy/staging')).toBe(1);
    }
  });

  it('after the landing leaves a proposal that the next look closes', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    await workshop.sluice(...promotion);
    await workshop.github.review(1, 'bob');
    stopAt(workshop, 'pull_requests', 'issues');
    const crashed = await workshop.sluice('reconcile', '--json');
    const landed = await workshop.head('deploy/staging');
    expect(crashed.code, crashed.stderr).toBe(1);
    expect(await workshop.github.settled()).toMatchObject([{ state: 'open' }]);

    goOn(workshop);
    expect(await settleProposals(workshop)).toEqual({ 1: 'closed' });
    expect(await workshop.github.settled()).toMatchObject([
      { state: 'closed', comments: [{ body: `staging runs this already: web since ${landed}.` }] },
    ]);
    expect(await workshop.head('deploy/staging')).toBe(landed);
  });
});

/** Ends what comes next where it first needs to write one of these. */
function stopAt(workshop: GitHubWorkshop, ...permissions: ('pull_requests' | 'issues')[]): void {
  const read = Object.fromEntries(permissions.map((name) => [name, 'read' as const]));
  const token = workshop.github.issue({
    permissions: { contents: 'write', checks: 'read', metadata: 'read', ...read },
  });
  workshop.env['GH_TOKEN'] = token;
}

function goOn(workshop: GitHubWorkshop): void {
  delete workshop.env['GH_TOKEN'];
}
