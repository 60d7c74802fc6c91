import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pushByHand } from '../../test/by-hand.ts';
import { onGitHub } from '../../test/github-workshop.ts';
import { deliveredWorkshop, type Workshop } from '../../test/workshop.ts';

/** Judges a commit by hand on a deploy branch; gives `accepted`, or what was said. */
type Judge = (workshop: Workshop, branch: string, change: () => Promise<unknown>) => Promise<string>;

/** As the check of a pull request: what `check-deploy.yaml` runs, in a clone that has main checked out. */
const judgeRequest: Judge = async (workshop, branch, change) => {
  const base = await workshop.head(branch);
  await workshop.git('fetch', '--quiet', 'origin');
  await workshop.git('checkout', '--quiet', '--detach', `origin/${branch}`);
  await change();
  await workshop.git('add', '--all');
  await workshop.git('commit', '--quiet', '--message', 'By hand');
  const head = (await workshop.git('rev-parse', 'HEAD')).trim();
  await workshop.git('checkout', '--quiet', 'main');
  const { code, stderr } = await workshop.sluice('check', '--proposed', '--ref', branch, '--old', base, '--new', head);
  return code === 0 ? 'accepted' : `${code}: ${stderr}`;
};

const ways: readonly [string, Judge, () => Promise<Workshop>][] = [
  ['as the update hook', pushByHand, deliveredWorkshop],
  [
    "as the check of GitHub's pull request",
    judgeRequest,
    async () => {
      const workshop = await onGitHub(await deliveredWorkshop());
      workshop.inPipeline('ann');
      return workshop;
    },
  ],
];

describe.each(ways)('check, %s', (_, judge, open) => {
  /** Lands for real and takes it back; gives the commit, whose bytes are those that the pipeline itself writes. */
  async function land(workshop: Workshop, ...args: string[]): Promise<string> {
    const branch = `deploy/${args[args.indexOf('--to') + 1]}`;
    const before = await workshop.head(branch);
    const { code, stderr } = await workshop.sluice('promote', 'web', ...args, '--no-wait');
    expect(code, stderr).toBe(0);
    const landed = await workshop.head(branch);
    await workshop.git('--git-dir', workshop.bare, 'update-ref', `refs/heads/${branch}`, before);
    await workshop.git('fetch', '--quiet', workshop.bare, landed);
    return landed;
  }
  const bring = (workshop: Workshop, landed: string) => async (): Promise<unknown> =>
    workshop.git('checkout', '--quiet', landed, '--', 'web');
  async function edit(workshop: Workshop, from: string, to: string): Promise<void> {
    const config = await workshop.read('gitops.config.yaml');
    expect(config).toContain(from);
    await workshop.push({ 'gitops.config.yaml': config.replace(from, to) });
  }
  async function verified(): Promise<Workshop> {
    const workshop = await open();
    await workshop.record('dev', 'web', 'verified');
    return workshop;
  }

  it('accepts what the pipeline would write, whoever commits it', async () => {
    const workshop = await verified();
    const landed = await land(workshop, '--to', 'staging');

    expect(await judge(workshop, 'deploy/staging', bring(workshop, landed))).toBe('accepted');
  });

  it('refuses a rendered file that was edited by hand', async () => {
    const workshop = await verified();
    const landed = await land(workshop, '--to', 'staging');
    const said = await judge(workshop, 'deploy/staging', async () => {
      await bring(workshop, landed)();
      const path = join(workshop.clone, 'web/manifests.yaml');
      await writeFile(path, (await workshop.read('web/manifests.yaml')).replace('replicas: 1', 'replicas: 9'));
    });

    expect(said).toContain('web/manifests.yaml is not what its release.yaml renders to; it was edited by hand');
  });

  it('refuses a promotion that skips an environment', async () => {
    const workshop = await verified();
    await edit(workshop, 'after: [staging]', 'after: [dev]');
    const landed = await land(workshop, '--to', 'prod');
    await edit(workshop, 'namespace: "{app}-prod", after: [dev]', 'namespace: "{app}-prod", after: [staging]');

    expect(await judge(workshop, 'deploy/prod', bring(workshop, landed))).toMatch(
      /web: release \w+ has never been in staging/,
    );
  });

  it('refuses a downgrade that nobody says is meant', async () => {
    const workshop = await verified();
    const { tag } = await workshop.release('dev', 'web');
    const old = await land(workshop, '--to', 'staging');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    expect((await workshop.release('staging', 'web')).tag).not.toBe(tag);

    expect(await judge(workshop, 'deploy/staging', bring(workshop, old))).toMatch(
      /web: gate order says fail: built from \w+, which is older than \w+, which runs in staging/,
    );
  });

  it('refuses a release in quarantine', async () => {
    const workshop = await verified();
    const landed = await land(workshop, '--to', 'staging');
    const { release, tag } = await workshop.release('dev', 'web');
    await workshop.sluice('quarantine', 'web', '--release', tag, '--reason', 'leaks');

    expect(await judge(workshop, 'deploy/staging', bring(workshop, landed))).toContain(
      `web: gate quarantine says fail: release ${release} is in quarantine in staging by`,
    );
  });

  it('refuses a tag that means another digest in the registry, and names both', async () => {
    const workshop = await verified();
    const landed = await land(workshop, '--to', 'staging');
    await edit(workshop, 'after: [dev], gates: {verified: {}}', 'after: [dev], gates: {verified: {}, digest: {}}');
    const { tag, digest } = await workshop.release('dev', 'web');
    await fetch(`http://${workshop.registry.host}/v2/web/manifests/${tag}`, { method: 'PUT', body: tag });
    const said = await judge(workshop, 'deploy/staging', bring(workshop, landed));

    expect(said).toMatch(new RegExp(`gate digest says fail: the tag ${tag} means sha256:\\w{12} now`));
    expect(said).toContain(`the release was verified with ${digest.slice(0, 19)}`);
  });
});
