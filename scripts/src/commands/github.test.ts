import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onGitHub, type GitHubWorkshop } from '../../test/github-workshop.ts';
import { deliveredWorkshop, promotedWorkshop } from '../../test/workshop.ts';

const promotion = ['promote', 'web', '--to', 'staging', '--no-wait'] as const;

async function delivered(): Promise<GitHubWorkshop> {
  const workshop = await onGitHub(await deliveredWorkshop());
  await workshop.record('dev', 'web', 'verified');
  return workshop;
}

/** Fails whatever loads Octokit. */
const withoutOctokit = `--import=data:text/javascript,${encodeURIComponent(`
import { registerHooks } from 'node:module';
registerHooks({ resolve(name, context, next) {
  if (name.startsWith('@octokit/')) throw new Error('loaded ' + name);
  return next(name, context);
} });`)}`;

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
    expect(promoted.stderr).toContain('planned again, on what is there now');
    expect(await workshop.ahead('deploy/staging', before)).toBe(2);
  });

  it('delivers what was held when it was planned first and no longer is', async () => {
    const workshop = await delivered();
    workshop.inPipeline('ann');
    await workshop.sluice('hold', 'web', '--env', 'dev', '--reason', 'debugging');
    await workshop.push({
      'services/web/index.js': 'export const answer = 2;\n',
      'services/jobs/index.js': 'export const answer = 2;\n',
    });
    const files = { 'policy/holds.yaml': '# Nothing is held.\n' };
    workshop.github.fault({ on: 'createCommitOnBranch', kind: 'stale head', files });
    const done = await workshop.sluice('deliver', '--build-number', '2');

    expect(done.stdout).toBe('landed web, jobs on dev, not verified there\n');
    expect(done.stderr).not.toContain('not delivered');
    expect(done.code, done.stderr).toBe(5);
  });

  it('has nothing to do where somebody was faster with the same, and says so as JSON too', async () => {
    const workshop = await delivered();
    workshop.inPipeline('ann');
    const before = await workshop.head('deploy/staging');
    await workshop.sluice(...promotion);
    const paths = ['web/release.yaml', 'web/manifests.yaml'];
    const show = (path: string): Promise<string> =>
      workshop.git('--git-dir', workshop.bare, 'show', `deploy/staging:${path}`);
    const files = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await show(path)] as const)));
    await workshop.git('--git-dir', workshop.bare, 'update-ref', 'refs/heads/deploy/staging', before);
    workshop.github.fault({ on: 'createCommitOnBranch', kind: 'stale head', files });
    const promoted = await workshop.sluice(...promotion, '--json');

    expect(promoted.code, promoted.stderr).toBe(6);
    expect(promoted.stderr).toContain('someone else has just landed the same: nothing to do');
    expect(promoted.stdout).toBe('null\n');
    expect(await workshop.ahead('deploy/staging', before)).toBe(1);
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

describe('outside the pipeline on GitHub', () => {
  it('plans, asks the gates, and has the pipeline carry it out', async () => {
    const workshop = await delivered();
    const before = await workshop.traces();
    const asked = await workshop.sluice(...promotion, '--allow-downgrade');

    expect(asked.code, asked.stderr).toBe(0);
    expect(asked.stderr).toContain('gate verified: pass');
    expect(asked.stderr).toMatch(/the pipeline carries it out: https:\/\/github\.com\/acme\/shop\/actions\/runs\/\d+/);
    expect(workshop.github.dispatches()).toEqual([
      {
        workflow: 'carry-out.yaml',
        ref: 'main',
        inputs: {
          command: 'promote',
          apps: 'web',
          environment: 'staging',
          options: '["--deadline=900","--no-wait","--allow-downgrade"]',
        },
        by: 'sluice[bot]',
      },
    ]);
    expect(await workshop.traces()).toEqual(before);

    // What the workflow is given there is the same command line.
    workshop.inPipeline('ann');
    const { inputs } = workshop.github.dispatches()[0]!;
    const given = Object.entries(inputs).map(([name, value]) => [name.toUpperCase(), String(value)]);
    Object.assign(workshop.env, Object.fromEntries(given));
    const carried = await workshop.sluice('carry-out');
    expect(carried.code, carried.stderr).toBe(0);
    expect((await workshop.release('staging', 'web')).from).toBe('dev');
  });

  it('asks for nothing that a gate stops', async () => {
    const workshop = await delivered();
    const blocked = await workshop.sluice('promote', 'jobs', '--to', 'staging');

    expect(blocked.code).toBe(3);
    expect(workshop.github.dispatches()).toEqual([]);
  });

  it('says which token is needed and what does the same, where there is none', async () => {
    const workshop = await delivered();
    delete workshop.env['GITHUB_TOKEN'];
    const refused = await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', "Bob's demo");

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('only the pipeline changes https://github.com/acme/shop');
    expect(refused.stderr).toContain('set GH_TOKEN to a token with actions: write');
    expect(refused.stderr).toContain(
      String.raw`gh workflow run carry-out.yaml --ref main -f command=hold -f apps=web -f environment=staging -f 'options=["--reason=Bob'\''s demo"]'`,
    );
    expect(workshop.github.calls()).toEqual([]);
  });

  it('names to the pipeline the commit that a revision is here', async () => {
    const workshop = await delivered();
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    const since = (await workshop.git('rev-parse', 'HEAD~1')).trim();
    const asked = await workshop.sluice('promote', '--changed-since', 'HEAD~1', '--to', 'staging');

    expect(asked.code, asked.stderr).toBe(0);
    expect(workshop.github.dispatches()[0]?.inputs['options']).toContain(`"--changed-since=${since}"`);
  });

  it('has an app retired where it was asked for, or everywhere', async () => {
    const workshop = await onGitHub(await promotedWorkshop());
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({ 'gitops.config.yaml': config.replace('  web: {strategy: rolling}\n', '') });
    const folders = (environment: string): Promise<string> =>
      workshop.git('--git-dir', workshop.bare, 'ls-tree', '--name-only', `deploy/${environment}`, 'web');
    const running = async (): Promise<string[]> => [await folders('dev'), await folders('staging')];
    await workshop.sluice('retire', 'web', '--env', 'staging', '--no-wait');
    await workshop.sluice('retire', 'web', '--no-wait');
    const [there, all] = workshop.github.dispatches().map(({ inputs }) => inputs);

    workshop.inPipeline('ann');
    const carryOut = (inputs: Record<string, unknown> = {}): ReturnType<typeof workshop.sluice> => {
      for (const [name, value] of Object.entries(inputs)) workshop.env[name.toUpperCase()] = String(value);
      return workshop.sluice('carry-out');
    };
    expect(await carryOut(there)).toMatchObject({ code: 0 });
    expect(await running()).toEqual(['web\n', '']);
    expect(await carryOut(all)).toMatchObject({ code: 0 });
    expect(await running()).toEqual(['', '']);
  });

  it.each([
    ['carry-out.yaml', ['promote', 'web', '--to', 'staging']],
    ['carry-out.yaml', ['hold', 'web', '--env', 'staging', '--reason', 'demo']],
    ['reconcile.yaml', ['reconcile']],
  ])('answers with JSON what it started of %s: %j', async (_, command) => {
    const workshop = await delivered();
    const asked = await workshop.sluice(...command, '--json');
    const [started] = workshop.github.dispatches();

    expect(asked.code, asked.stderr).toBe(0);
    expect(JSON.parse(asked.stdout)).toMatchObject({
      request: started?.inputs,
      run: expect.stringMatching(/^https:\/\/github\.com\/acme\/shop\/actions\/runs\/\d+$/),
    });
  });

  it('hands over stops, rollbacks and reconciling as well, and delivers nothing', async () => {
    const workshop = await delivered();
    for (const command of [
      ['freeze', '--env', 'prod', '--reason', 'demo'],
      ['quarantine', 'web', '--release', (await workshop.release('dev', 'web')).tag, '--reason', 'bad'],
      ['reconcile'],
    ]) {
      const asked = await workshop.sluice(...command);
      expect(asked.code, asked.stderr).toBe(0);
    }
    await workshop.push({ 'services/web/index.js': 'export const answer = 3;\n' });
    const delivery = await workshop.sluice('deliver', '--build-number', '9');

    expect(delivery.code).toBe(2);
    expect(delivery.stderr).toContain('only the pipeline writes to deploy/dev of https://github.com/acme/shop');
    const asked = workshop.github.dispatches().map(({ workflow, inputs }) => [workflow, inputs['command']]);
    expect(asked).toEqual([
      ['carry-out.yaml', 'freeze'],
      ['carry-out.yaml', 'quarantine'],
      ['reconcile.yaml', undefined],
    ]);
  });
});

describe('Octokit', () => {
  it('is loaded where GitHub is asked, and not for a remote elsewhere', async () => {
    const local = await deliveredWorkshop();
    await local.record('dev', 'web', 'verified');
    local.env['NODE_OPTIONS'] = withoutOctokit;
    const promoted = await local.sluiceApart(...promotion);
    const workshop = await onGitHub(local);
    const looked = await workshop.sluiceApart('status');
    const asked = await workshop.sluiceApart('reconcile');

    expect(promoted.code, promoted.stderr).toBe(0);
    expect(looked.code, looked.stderr).toBe(0);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('loaded @octokit/');
  });
});
