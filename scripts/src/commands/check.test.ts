import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { edit, pushByHand } from '../../test/by-hand.ts';
import { deliveredWorkshop, type Finished, type Workshop } from '../../test/workshop.ts';

async function promoted(): Promise<Workshop> {
  const workshop = await deliveredWorkshop();
  await workshop.record('dev', 'web', 'verified');
  await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
  return workshop;
}

describe('check, as the update hook', () => {
  it('refuses binary files and names them', async () => {
    const workshop = await promoted();
    const said = await pushByHand(workshop, 'deploy/staging', () =>
      writeFile(join(workshop.clone, 'web', 'logo.png'), Buffer.from([0x89, 0x50, 0xff, 0xfe, 0x0a])),
    );

    expect(said).toContain('web/logo.png is no file that a release has');
  });

  it.each<[string, string, (text: string) => string, string]>([
    [
      'hand-edited manifests',
      'web/manifests.yaml',
      (text) => text.replace('replicas: 1', 'replicas: 9'),
      'web/manifests.yaml is not what its release.yaml renders to',
    ],
    [
      'another digest',
      'web/release.yaml',
      (text) => text.replace(/sha256:..../, 'sha256:0000'),
      'is not what its digest and its base',
    ],
    [
      'another namespace',
      'web/release.yaml',
      (text) => text.replace('web-staging', 'kube-system'),
      'namespace is kube-system, configured is web-staging',
    ],
    [
      'a revision that is not on main',
      'web/release.yaml',
      (text) => text.replace(/overlayRevision: ".{40}"/, `overlayRevision: "${'0'.repeat(40)}"`),
      'overlayRevision 000000000000 is not on main',
    ],
    [
      'a file that no release has',
      'web/extra.yaml',
      () => 'kind: Secret\n',
      'web/extra.yaml is no file that a release has',
    ],
    [
      'an app that is not configured',
      'intruder/manifests.yaml',
      () => 'kind: Pod\n',
      'intruder/manifests.yaml is no file that a release has',
    ],
    [
      'a broken release.yaml',
      'web/release.yaml',
      () => 'app: [',
      'web: deploy/staging:web/release.yaml is not valid YAML',
    ],
  ])('refuses %s, with the reason, and leaves the branch as it was', async (_, path, change, reason) => {
    const workshop = await promoted();
    const said = await pushByHand(workshop, 'deploy/staging', () => edit(workshop, path, change));

    expect(said).toContain(reason);
    expect(said).toContain('Deploy branches are written by pnpm run deliver and pnpm run promote.');
  });

  it('refuses a release that skips an environment', async () => {
    const workshop = await promoted();
    const said = await pushByHand(workshop, 'deploy/prod', async () => {
      for (const file of ['release.yaml', 'manifests.yaml']) {
        const text =
          file === 'release.yaml' ? await releaseText(workshop, 'dev') : await workshop.manifests('dev', 'jobs');
        await edit(workshop, `jobs/${file}`, () =>
          text.replaceAll('jobs-dev', 'jobs-prod').replace('environment: dev', 'environment: prod'),
        );
      }
    });

    expect(said).toContain('has never been in staging');
  });

  it('lets an earlier verified state come back byte for byte with a hold, and not without', async () => {
    const workshop = await promoted();
    await workshop.record('staging', 'web', 'verified');
    const before = await workshop.head('deploy/staging');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const back = async (holds: string): Promise<string> =>
      pushByHand(workshop, 'deploy/staging', async () => {
        await workshop.git('checkout', '--quiet', before, '--', 'web');
        await edit(workshop, 'policy/holds.yaml', () => holds);
      });

    expect(await back('holds: []\n')).toContain('gate order says fail');
    expect(await back('holds: [{app: web, reason: bad, by: Ann, at: "2030-01-01T00:00:00Z"}]\n')).toBe('accepted');
  });

  it('refuses what was put in and taken out again by two commits of one push', async () => {
    const workshop = await promoted();
    const said = await pushByHand(workshop, 'deploy/staging', async () => {
      await edit(workshop, 'web/manifests.yaml', () => 'kind: Anything\n');
      await workshop.git('commit', '--quiet', '--all', '--message', 'In');
      await workshop.git('checkout', '--quiet', 'HEAD~1', '--', 'web');
    });

    expect(said).toMatch(/[0-9a-f]{12}: web: the manifests of web in staging have a document without apiVersion/);
  });

  it('refuses a merge, whose other side nobody looked at', async () => {
    const workshop = await promoted();
    const said = await pushByHand(workshop, 'deploy/staging', async () => {
      await workshop.git(
        'merge',
        '--quiet',
        '--no-ff',
        '--no-commit',
        '--strategy=ours',
        '--allow-unrelated-histories',
        'main',
      );
    });

    expect(said).toContain('a push is commits on the head of the branch, one after the other, without merges');
  });

  it('refuses an approval in the name of somebody else', async () => {
    const workshop = await promoted();
    const by = 'Somebody Else <else@example.invalid>';
    const approval = `approvals: [{app: web, subject: "0123456789abcdef", by: ${by}, at: "2030-01-01T00:00:00Z"}]\n`;
    const said = await pushByHand(workshop, 'deploy/staging', () =>
      edit(workshop, 'policy/approvals.yaml', () => approval),
    );

    expect(said).toContain(`the approval of web says ${by}, its commit is by Test Person <test@example.invalid>`);
  });

  it('refuses a policy that nobody can read, with file and key', async () => {
    const workshop = await promoted();
    const said = await pushByHand(workshop, 'deploy/staging', () =>
      edit(workshop, 'policy/holds.yaml', () => 'holds: [{app: web}]\n'),
    );

    expect(said).toContain('policy/holds.yaml: holds.0.reason');
  });

  it('refuses to move a deploy branch backwards, and to delete it', async () => {
    const workshop = await promoted();
    const attempt = async (...args: string[]): Promise<string> =>
      workshop.git('push', ...args).then(
        () => 'accepted',
        (error: unknown) => (error as { stderr: string }).stderr,
      );

    expect(await attempt('--force', 'local', 'main:deploy/staging')).toContain(
      'only a fast-forward may move this branch',
    );
    expect(await attempt('local', ':deploy/staging')).toContain('is never deleted');
  });

  it('refuses a main that loses what it had, or is deleted, and takes any other', async () => {
    const workshop = await promoted();
    await workshop.push({ 'README.md': 'One\n' });
    const [newer, older] = [await workshop.head('main'), await workshop.head('main~1')];
    const move = (old: string, next: string): Promise<Finished> =>
      workshop.sluice('check', '--repository', workshop.bare, '--ref', 'refs/heads/main', '--old', old, '--new', next);

    const back = await move(newer, older);
    expect([back.code, back.stderr]).toEqual([1, expect.stringContaining('only a fast-forward may move main')]);
    expect(await move(newer, '0'.repeat(40))).toMatchObject({
      code: 1,
      stderr: 'refs/heads/main: main is never deleted: releases name its revisions\n',
    });
    expect(await move(older, newer)).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['what is no id', 'HEAD'],
    ['the id of nothing', '1'.repeat(40)],
  ])('says which option holds %s, and what it is, and ends with 2', async (_what, value) => {
    const workshop = await deliveredWorkshop();
    const head = await workshop.head('main');
    const refused = await workshop.sluice('check', '--ref', 'refs/heads/main', '--old', head, '--new', value);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`--new "${value}" is no commit that this repository has`);
  });

  it('refuses a record that was changed, and one in the wrong place', async () => {
    const workshop = await promoted();
    const paths = await workshop.git(
      '--git-dir',
      workshop.bare,
      'ls-tree',
      '-r',
      '--name-only',
      'delivery-records',
      'dev/web/',
    );
    const path = paths.split('\n').find((each) => each.endsWith('verified.json')) ?? '';

    expect(
      await pushByHand(workshop, 'delivery-records', () =>
        edit(workshop, path, (text) => text.replace('verified', 'failed')),
      ),
    ).toContain('a record stays as it was written');
    const text = await workshop.git('--git-dir', workshop.bare, 'show', `delivery-records:${path}`);
    expect(
      await pushByHand(workshop, 'delivery-records', () => edit(workshop, 'prod/web/1.json', () => text)),
    ).toContain('prod/web/1.json belongs at dev/web/');
  });
});

function releaseText(workshop: Workshop, environment: string): Promise<string> {
  return workshop.git('--git-dir', workshop.bare, 'show', `deploy/${environment}:jobs/release.yaml`);
}
