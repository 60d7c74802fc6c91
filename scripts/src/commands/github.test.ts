import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onGitHub, type GitHubWorkshop } from '../../test/github-workshop.ts';
import { deliveredWorkshop } from '../../test/workshop.ts';

const promotion = ['promote', 'web', '--to', 'staging', '--no-wait'] as const;

async function delivered(): Promise<GitHubWorkshop> {
  const workshop = await onGitHub(await deliveredWorkshop());
  await workshop.record('dev', 'web', 'verified');
  return workshop;
}

describe('in the pipeline on GitHub', () => {
  it('lands by one commit of the App that names who asked, with one call, and has nothing to do again', async () => {
    const workshop = await delivered();
    workshop.inPipeline('ann');
    const before = await workshop.head('deploy/staging');
    const promoted = await workshop.sluice(...promotion);
    const again = await workshop.sluice(...promotion);

    expect(promoted.code, promoted.stderr).toBe(0);
    expect(again.code, again.stderr).toBe(6);
    expect(workshop.github.mutations()).toEqual(['createCommitOnBranch']);
    expect(await workshop.head('deploy/staging~1')).toBe(before);
    const shown = await workshop.git('--git-dir', workshop.bare, 'log', '-1', '--format=%an%n%B', 'deploy/staging');
    expect(shown).toMatch(/^sluice\[bot\]\n/);
    expect(shown).toContain('By: ann <ann@users.noreply.github.com>');
    expect((await workshop.release('staging', 'web')).release).toBe((await workshop.release('dev', 'web')).release);
  });

  it.each(['done, connection reset', 'done, 500'] as const)(
    'lands once though the answer was lost, and records it: %s',
    async (kind) => {
      const workshop = await delivered();
      workshop.inPipeline('ann');
      const before = await workshop.head('deploy/staging');
      workshop.github.fault({ on: 'createCommitOnBranch', kind });
      const promoted = await workshop.sluice('promote', 'web', '--to', 'staging');

      // Without a cluster the outcome is unknown, which is on record all the same.
      expect(promoted.code, promoted.stderr).toBe(5);
      expect(await workshop.ahead('deploy/staging', before)).toBe(1);
      const landed = await workshop.head('deploy/staging');
      expect(promoted.stderr).toContain(`landed ${landed.slice(0, 12)} on deploy/staging`);
      const records = await workshop.git(
        '--git-dir',
        workshop.bare,
        'ls-tree',
        '-r',
        '--name-only',
        'delivery-records',
      );
      expect(records).toContain(`staging/web/${landed.slice(0, 12)}-unknown.json`);
    },
  );

  it('plans again where somebody was faster', async () => {
    const workshop = await delivered();
    workshop.inPipeline('ann');
    const before = await workshop.head('deploy/staging');
    const freeze = 'freezes:\n  - {apps: [jobs], reason: other, by: Eve <e@x>, at: 2030-01-01T00:00:00Z}\n';
    workshop.github.fault({ on: 'createCommitOnBranch', kind: 'stale head', files: { 'policy/freeze.yaml': freeze } });
    const promoted = await workshop.sluice(...promotion);

    expect(promoted.code, promoted.stderr).toBe(0);
    expect(promoted.stderr).toContain('the branch has moved; planned again');
    expect(await workshop.ahead('deploy/staging', before)).toBe(2);
  });

  it('runs the guard itself, since no hook of ours is there', async () => {
    const workshop = await delivered();
    workshop.inPipeline('ann');
    await workshop.git('fetch', '--quiet', workshop.bare, 'deploy/dev');
    await workshop.git('checkout', '--quiet', '--detach', 'FETCH_HEAD');
    const text = await workshop.read('web/release.yaml');
    await writeFile(join(workshop.clone, 'web/release.yaml'), text.replace(/sha256:\w+/, `sha256:${'f'.repeat(64)}`));
    await workshop.git('commit', '--quiet', '--all', '--message', 'Edit by hand');
    await workshop.git('push', '--quiet', workshop.bare, 'HEAD:deploy/dev');
    await workshop.git('checkout', '--quiet', 'main');
    const before = await workshop.traces();
    const refused = await workshop.sluice(...promotion);

    expect(refused.code, refused.stderr).toBe(3);
    expect(refused.stderr).toContain('the guard refuses the landing on deploy/staging');
    expect(refused.stderr).toContain('is not what its digest and its base at');
    expect(workshop.github.mutations()).toEqual([]);
    expect(await workshop.traces()).toEqual(before);
  });

  it('lands what passed its checks on main, and nothing whose checks still run', async () => {
    const workshop = await delivered();
    const config = await workshop.read('gitops.config.yaml');
    const gates = 'after: [dev], gates: {verified: {}, checks: {required: [ci-ok]}}';
    await workshop.push({ 'gitops.config.yaml': config.replace('after: [dev], gates: {verified: {}}', gates) });
    workshop.inPipeline('ann');
    const { imageRevision } = await workshop.release('dev', 'web');
    await workshop.github.checkRun(imageRevision, 'ci-ok');
    const early = await workshop.sluice(...promotion);
    await workshop.github.checkRun(imageRevision, 'ci-ok', 'success');
    const passed = await workshop.sluice(...promotion);

    expect(early.code, early.stderr).toBe(3);
    expect(early.stderr).toContain('gate checks says pending: of ');
    expect(passed.code, passed.stderr).toBe(0);
    // Once for the plan, and once for the guard.
    expect(workshop.github.calls().filter(({ operation }) => operation === 'checks/list-for-ref')).toHaveLength(3);
  });

  it('writes nothing with a token that may not, names the permission, and shows no token', async () => {
    const workshop = await delivered();
    workshop.inPipeline('ann');
    const token = workshop.github.issue({ permissions: { metadata: 'read', contents: 'read' } });
    workshop.env['GH_TOKEN'] = token;
    const before = await workshop.traces();
    const refused = await workshop.sluice(...promotion);

    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('the token lacks the permission contents: write');
    expect(refused.stderr + refused.stdout).not.toContain(token);
    expect(await workshop.traces()).toEqual(before);
  });
});
