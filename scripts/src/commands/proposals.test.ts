import { describe, expect, it } from 'vitest';
import { nextVersion, proposingWorkshop, settleProposals } from '../../test/github-workshop.ts';
import { deliveredWorkshop, promotedWorkshop } from '../../test/workshop.ts';
import { inVirtualTime } from '../../test/virtual-time.ts';

const promotion = ['promote', 'web', '--to', 'staging', '--no-wait'] as const;
const branch = 'promote/staging/web';

// Octokit leaves seconds between calls that write or notify.
inVirtualTime();

describe('a proposal', () => {
  it('is one commit and one pull request, and asking again changes nothing', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    const before = await workshop.head('deploy/staging');
    const proposed = await workshop.sluice(...promotion);
    const head = await workshop.head(branch);
    const again = await workshop.sluice(...promotion, '--json');

    expect(proposed.code, proposed.stderr).toBe(0);
    expect(proposed.stdout).toBe('https://github.com/acme/shop/pull/1\n');
    expect(proposed.stderr).toContain('gate approvals: pending, 0 of 1: approved by nobody');
    expect(JSON.parse(again.stdout)).toMatchObject({ proposal: { number: 1, state: 'unchanged' } });
    expect(workshop.github.mutations()).toEqual(['pulls/create']);
    expect(await workshop.head('deploy/staging')).toBe(before);
    expect([await workshop.head(branch), await workshop.head(`${branch}~1`)]).toEqual([head, before]);
    expect(await workshop.github.settled()).toMatchObject([
      {
        title: 'Promote web to staging',
        state: 'open',
        base: { branch: 'deploy/staging' },
        head: { branch, sha: head },
      },
    ]);
    const status = await workshop.sluice('status', 'web');
    expect(status.stdout).toContain('proposed as #1 by ann <ann@users.noreply.github.com>: https://github.com/acme');
    const checked = await workshop.sluice(
      'check',
      '--proposed',
      '--ref',
      'deploy/staging',
      '--old',
      before,
      '--new',
      head,
    );
    expect(checked.code, checked.stderr).toBe(0);
    const landing = await workshop.sluice('check', '--ref', 'deploy/staging', '--old', before, '--new', head);
    expect(landing.stderr).toContain('gate approvals says pending');
  });

  it('lands when somebody else has approved it, not when who asked has, and is closed with the commit', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    const before = await workshop.head('deploy/staging');
    await workshop.sluice(...promotion);
    await workshop.github.review(1, 'ann');
    workshop.github.restrict('guest', 'read');
    await workshop.github.review(1, 'guest');
    expect(await settleProposals(workshop)).toEqual({});
    expect(await workshop.head('deploy/staging')).toBe(before);

    await workshop.github.review(1, 'bob');
    expect(await settleProposals(workshop)).toEqual({ 1: 'landed' });
    const landed = await workshop.head('deploy/staging');
    expect(await workshop.head('deploy/staging~1')).toBe(before);
    const message = await workshop.git('--git-dir', workshop.bare, 'log', '-1', '--format=%B', landed);
    expect(message).toContain('By: ann <ann@users.noreply.github.com>');
    const [pull] = await workshop.github.settled();
    expect(pull?.comments.map(({ body }) => body)).toEqual([
      expect.stringMatching(new RegExp(`^Landed web \\S+ on deploy/staging as ${landed}\\.$`)),
    ]);
    expect(pull).toMatchObject({ state: 'closed', merged: false });
    expect(await workshop.git('--git-dir', workshop.bare, 'branch', '--list', branch)).toBe('');
    expect(await workshop.github.settled()).toHaveLength(1);

    expect(await settleProposals(workshop)).toEqual({});
    expect(await workshop.head('deploy/staging')).toBe(landed);
  });

  it('is updated in place by other bytes, and has to be approved again', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    const before = await workshop.head('deploy/staging');
    await workshop.sluice(...promotion);
    const [first, text] = [await workshop.head(branch), (await workshop.github.settled())[0]?.body];
    await workshop.github.review(1, 'bob');
    const overlay = 'apps/web/overlays/staging/kustomization.yaml';
    await workshop.push({
      [overlay]: (await workshop.read(overlay)).replace('ENVIRONMENT=staging', 'ENVIRONMENT=stage'),
    });

    expect(await settleProposals(workshop)).toEqual({ 1: 'updated' });
    const second = await workshop.head(branch);
    expect(second).not.toBe(first);
    expect(await workshop.ahead(branch, 'deploy/staging')).toBe(1);
    expect(await workshop.github.settled()).toMatchObject([{ state: 'open', head: { sha: second } }]);
    expect((await workshop.github.settled())[0]?.body).not.toBe(text);
    expect((await workshop.github.settled())[0]?.body).toContain(`Proposed as ${second}.`);
    expect(await workshop.head('deploy/staging')).toBe(before);

    expect(await settleProposals(workshop)).toEqual({});
    await workshop.github.review(1, 'bob');
    expect(await settleProposals(workshop)).toEqual({ 1: 'landed' });
    expect(await workshop.manifests('staging', 'web')).toContain('ENVIRONMENT: stage\n');
  });

  it('keeps its approval where something else has landed, and lands on the tip with its own intent', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    const proposed = await workshop.sluice(...promotion, '--json');
    const { intent } = (JSON.parse(proposed.stdout) as { plan: { intent: string } }).plan;
    await workshop.github.review(1, 'bob');
    await workshop.sluice('hold', 'jobs', '--env', 'staging', '--reason', 'moves the head');
    await workshop.push({ 'services/jobs/index.js': 'export const answer = 7;\n' });

    expect(await settleProposals(workshop)).toEqual({ 1: 'landed' });
    expect((await workshop.release('staging', 'web')).intent).toBe(intent);
    expect(await workshop.policy('staging')).toContain('moves the head');
  });

  it('is overtaken by a newer release in place, and by a wider proposal, which closes it and says so', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web', 'jobs']);
    await workshop.sluice(...promotion);
    await workshop.github.review(1, 'bob');
    await nextVersion(workshop, '2');
    const newer = await workshop.sluice(...promotion, '--json');
    expect(JSON.parse(newer.stdout)).toMatchObject({ proposal: { number: 1, state: 'updated' } });
    expect(await settleProposals(workshop)).toEqual({});

    const wider = await workshop.sluice('promote', '--all', '--to', 'staging', '--no-wait', '--json');
    expect(JSON.parse(wider.stdout)).toMatchObject({ proposal: { number: 2, state: 'opened' } });
    const [narrow, wide] = await workshop.github.settled();
    expect(wide).toMatchObject({ state: 'open', head: { branch: 'promote/staging/jobs+web' } });
    expect(narrow).toMatchObject({ state: 'closed' });
    expect(narrow?.comments.map(({ body }) => body)).toEqual(['Overtaken by #2, which brings web, jobs to staging.']);
  });

  it('is closed where it can never land, and where nothing of it is left to do', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web', 'jobs']);
    await workshop.sluice(...promotion);
    await workshop.sluice('promote', 'jobs', '--to', 'staging', '--no-wait');
    const { tag } = await workshop.release('dev', 'web');
    await workshop.sluice('quarantine', 'web', '--release', tag, '--reason', 'eats money');
    workshop.inPipeline('bob');
    await workshop.sluice('approve', 'jobs', '--to', 'staging');
    workshop.inPipeline('ann');
    const direct = await workshop.sluice('promote', 'jobs', '--to', 'staging', '--no-wait');
    expect(direct.code, direct.stderr).toBe(0);
    expect(direct.stderr).toContain('on deploy/staging');

    expect(await settleProposals(workshop)).toEqual({ 1: 'closed' });
    const [bad, there] = await workshop.github.settled();
    expect(bad).toMatchObject({ state: 'closed' });
    expect(bad?.comments[0]?.body).toMatch(/^This can no longer land\. web: gate quarantine says fail: .*eats money/);
    expect(there).toMatchObject({ state: 'closed' });
    expect(there?.comments[0]?.body).toMatch(/^Landed jobs \S+ on deploy\/staging as [0-9a-f]{40}\.$/);
  });

  it('is made of an overlay edit too, for what runs there', async () => {
    const workshop = await proposingWorkshop(await promotedWorkshop(), []);
    const overlay = 'apps/web/overlays/staging/kustomization.yaml';
    const before = await workshop.manifests('staging', 'web');
    await workshop.push({ [overlay]: (await workshop.read(overlay)).replace('=staging', '=stage') });
    const proposed = await workshop.sluice('reconfigure', '--env', 'staging', '--no-wait');
    expect(proposed.code, proposed.stderr).toBe(0);
    expect(workshop.github.pulls()).toMatchObject([
      { title: 'Reconfigure web in staging', head: { branch: 'reconfigure/staging/web' } },
    ]);
    expect(await workshop.manifests('staging', 'web')).toBe(before);

    await workshop.github.review(1, 'bob');
    expect(await settleProposals(workshop)).toEqual({ 1: 'landed' });
    expect(await workshop.manifests('staging', 'web')).toContain('ENVIRONMENT: stage\n');
  });

  it('is closed where main no longer configures an app of it', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web', 'jobs']);
    await workshop.sluice('promote', '--all', '--to', 'staging', '--no-wait');
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({ 'gitops.config.yaml': config.replace('  web: {strategy: rolling}\n', '') });

    expect(await settleProposals(workshop)).toEqual({ 1: 'closed' });
    expect(await workshop.github.settled()).toMatchObject([
      { state: 'closed', comments: [{ body: 'This can no longer land: main no longer configures web.' }] },
    ]);
    expect(await settleProposals(workshop)).toEqual({});
  });

  it.each([
    ['at once', 0, {}],
    ['by the next look, where GitHub did not answer', 4, { 1: 'closed' }],
  ])('is closed where the app is retired: %s', async (_, times, settled) => {
    const workshop = await proposingWorkshop(await promotedWorkshop(), []);
    await nextVersion(workshop, '2');
    await workshop.sluice(...promotion);
    await workshop.github.review(1, 'bob');
    workshop.inPipeline('bob');
    await workshop.sluice('approve', 'web', '--to', 'staging', '--retirement');
    workshop.inPipeline('ann');
    if (times > 0) workshop.github.fault({ on: 'issues/create-comment', kind: '502', times });
    const retired = await workshop.sluice('retire', 'web', '--env', 'staging', '--no-wait');

    expect(retired.code, retired.stderr).toBe(0);
    expect(await settleProposals(workshop)).toEqual(settled);
    expect(await workshop.github.settled()).toMatchObject([{ state: 'closed' }]);
    await expect(workshop.release('staging', 'web')).rejects.toThrow('web/release.yaml');
  });

  it('waits where what fails may turn out well yet, and keeps its approval', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    await workshop.sluice(...promotion);
    await workshop.github.review(1, 'bob');
    await workshop.record('dev', 'web', 'timed-out', 'delivery', '2026-01-01T00:01:00.000Z');
    expect(await settleProposals(workshop)).toEqual({});

    await workshop.record('dev', 'web', 'verified', 'delivery', '2026-01-01T00:02:00.000Z');
    expect(await settleProposals(workshop)).toEqual({ 1: 'landed' });
  });

  it('is closed where the environment before has lost the release', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    await workshop.sluice(...promotion);
    const { tag } = await workshop.release('dev', 'web');
    const root = (await workshop.git('--git-dir', workshop.bare, 'rev-list', '--max-parents=0', 'deploy/dev')).trim();
    await workshop.git('--git-dir', workshop.bare, 'update-ref', 'refs/heads/deploy/dev', root);

    expect(await settleProposals(workshop)).toEqual({ 1: 'closed' });
    expect(await workshop.github.settled()).toMatchObject([
      { comments: [{ body: `This can no longer land: the history of dev no longer has web ${tag}.` }] },
    ]);
  });

  it('is closed where it reconfigures an app that no longer runs there', async () => {
    const workshop = await proposingWorkshop(await promotedWorkshop(), []);
    const overlay = 'apps/web/overlays/staging/kustomization.yaml';
    await workshop.push({ [overlay]: (await workshop.read(overlay)).replace('=staging', '=stage') });
    await workshop.sluice('reconfigure', '--env', 'staging', '--no-wait');
    workshop.inPipeline('bob');
    await workshop.sluice('approve', 'web', '--to', 'staging', '--retirement');
    workshop.inPipeline('ann');
    workshop.github.fault({ on: 'issues/create-comment', kind: '502', times: 4 });
    const retired = await workshop.sluice('retire', 'web', '--env', 'staging', '--no-wait');
    expect(retired.code, retired.stderr).toBe(0);

    expect(await settleProposals(workshop)).toEqual({ 1: 'closed' });
    expect(await workshop.github.settled()).toMatchObject([
      { state: 'closed', comments: [{ body: 'This can no longer land: staging no longer runs web.' }] },
    ]);
  });

  it('is only what the pipeline itself has opened, whatever somebody else opens from such a branch', async () => {
    const workshop = await proposingWorkshop(await deliveredWorkshop(), ['web']);
    workshop.env['GH_TOKEN'] = workshop.github.issue({ kind: 'person', login: 'eve' });
    const refused = await workshop.sluice(...promotion);
    delete workshop.env['GH_TOKEN'];
    await workshop.github.review(1, 'bob');

    expect(refused.code, refused.stderr).toBe(0);
    expect(await settleProposals(workshop)).toEqual({});
    const own = await workshop.sluice(...promotion);
    expect(own.code).toBe(1);
    expect(own.stderr).toContain(
      'https://github.com/acme/shop/pull/1 has the branch of this proposal, and eve opened it',
    );
  });
});
