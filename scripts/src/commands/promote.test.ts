import { appendFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { deliveredWorkshop, promotedWorkshop } from '../../test/workshop.ts';

describe('promote', () => {
  it('moves the release that the environment before has verified, with the same image', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const promoted = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const [dev, staging] = [await workshop.release('dev', 'web'), await workshop.release('staging', 'web')];

    expect(promoted.code, promoted.stderr).toBe(0);
    expect(promoted.stderr).toContain('Promote to staging (intent ');
    expect(promoted.stderr).toContain('gate verified: pass');
    expect(staging).toMatchObject({
      release: dev.release,
      digest: dev.digest,
      tag: dev.tag,
      from: 'dev',
      namespace: 'web-staging',
    });
    expect(await workshop.manifests('staging', 'web')).toContain('ENVIRONMENT: staging');
  });

  it('lands nothing that was not verified, says why, and ends with 3', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'failed');
    const before = await workshop.traces();
    const promoted = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');

    expect(promoted.code).toBe(3);
    expect(promoted.stderr).toContain('nothing was landed on staging');
    expect(promoted.stderr).toContain('web: gate verified says fail');
    expect(await workshop.traces()).toEqual(before);
  });

  it('has nothing to do when the release is already there, and ends with 6', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const again = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');

    expect(again.code).toBe(6);
    expect(again.stderr).toContain('nothing to do');
  });

  it('writes nothing with --dry-run and prints the plan as JSON', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const before = await workshop.traces();
    const planned = await workshop.sluice('promote', 'web', '--to', 'staging', '--dry-run', '--json');

    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      verb: 'promotion',
      environment: 'staging',
      changes: [{ app: 'web', to: { from: 'dev' } }],
    });
    expect(await workshop.traces()).toEqual(before);
  });

  it.each([
    ['an unknown app', ['wob', '--to', 'staging'], 'unknown app "wob" (did you mean "web"?)'],
    ['an unknown environment', ['web', '--to', 'stagin'], 'unknown environment "stagin" (did you mean "staging"?)'],
    ['the environment of deliveries', ['web', '--to', 'dev'], 'dev is where delivery lands'],
    [
      'an unknown remote',
      ['web', '--to', 'staging', '--remote', 'lokal'],
      'unknown Git remote "lokal" (did you mean "local"?)',
    ],
    ['no app', ['--to', 'staging'], 'no app was named'],
    ['apps named twice over', ['web', '--all', '--to', 'staging'], 'apps are named in more than one way'],
    [
      'a release for several apps',
      ['--all', '--release', 'x', '--to', 'staging'],
      '--release goes with exactly one app',
    ],
    [
      'an unknown revision',
      ['--changed-since', '0123456789', '--to', 'staging'],
      'there is no revision "0123456789"\n  git log --oneline shows them; one that was not pushed is only where it was made\n',
    ],
    ['an unknown release', ['web', '--release', 'x', '--to', 'staging'], 'unknown release "x" of web in dev'],
    [
      'an environment that does not come before',
      ['web', '--from', 'prod', '--to', 'staging'],
      'staging does not come after prod',
    ],
    ['an unknown option', ['web', '--to', 'staging', '--dryrun'], "unknown option '--dryrun'"],
  ])('refuses %s, ends with 2 and leaves nothing behind', async (_, args, message) => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.traces();
    const refused = await workshop.sluice('promote', ...args);

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(message);
    expect(await workshop.traces()).toEqual(before);
  });

  it('refuses a work tree with uncommitted changes, naming them', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    await appendFile(`${workshop.clone}/services/web/index.js`, '// edited\n');
    const before = await workshop.traces();
    const refused = await workshop.sluice('promote', 'web', '--to', 'staging');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('uncommitted changes, which no promotion can contain: services/web/index.js');
    expect(await workshop.traces()).toEqual(before);
  });

  it('says which deploy branch is gone, and how it is made again', async () => {
    const workshop = await promotedWorkshop();
    await workshop.git('--git-dir', workshop.bare, 'update-ref', '-d', 'refs/heads/deploy/prod');
    const failed = await workshop.sluice('promote', 'web', '--to', 'prod', '--no-wait');

    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain(
      'the branch deploy/prod does not exist\n  locally pnpm start makes it, elsewhere pnpm run init',
    );
  });

  it('says that a remote does not answer without the password in its address', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.git('remote', 'set-url', 'local', 'http://ann:hunter2@127.0.0.1:9/shop.git');
    for (const command of [
      ['promote', 'web', '--to', 'staging'],
      ['status', '--json'],
      ['reconcile', '--json'],
    ]) {
      const failed = await workshop.sluice(...command);

      expect(failed.code).toBe(1);
      expect(failed.stderr).toContain('127.0.0.1:9/shop.git');
      expect(failed.stdout + failed.stderr).not.toContain('hunter2');
    }
  });

  it('refuses a configuration that cannot be read with file and line, and leaves nothing behind', async () => {
    const workshop = await deliveredWorkshop();
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({ 'gitops.config.yaml': `${config}  : {` });
    const before = await workshop.traces();
    const refused = await workshop.sluice('promote', 'web', '--to', 'staging');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/gitops\.config\.yaml:\d+:\d+/);
    expect(await workshop.traces()).toEqual(before);
  });

  it('takes no name for a path, an option or a command', async () => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.traces();
    const names = [
      '../../etc/passwd',
      'web/../jobs',
      '$(touch x)',
      '`touch x`',
      'web;touch x',
      'web\ntouch x',
      '\u0301web',
      '',
    ];
    for (const name of names) {
      const refused = await workshop.sluice('promote', '--to', 'staging', '--', name);
      expect(refused.code, name).toBe(2);
      expect(refused.stderr, name).toContain('unknown app');
    }
    for (const name of names) {
      const refused = await workshop.sluice('promote', 'web', '--to', 'staging', `--release=${name}`);
      expect([1, 2], `${name} ${refused.stderr}`).toContain(refused.code);
    }
    expect(await workshop.traces()).toEqual(before);
  });

  it('moves several apps in one commit', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    await workshop.record('dev', 'jobs', 'verified');
    const promoted = await workshop.sluice('promote', '--all', '--to', 'staging', '--no-wait');

    expect(promoted.code, promoted.stderr).toBe(0);
    expect((await workshop.git('--git-dir', workshop.bare, 'rev-list', '--count', 'deploy/staging')).trim()).toBe('2');
    for (const app of ['web', 'jobs']) {
      expect((await workshop.release('staging', app)).tag).toBe((await workshop.release('dev', app)).tag);
    }
  });

  it('lands nothing of a batch with one app that is blocked, and lists what is wrong with each', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const before = await workshop.traces();
    const blocked = await workshop.sluice('promote', 'web', 'jobs', '--to', 'staging', '--no-wait');
    const unknown = await workshop.sluice('promote', 'wob', 'jebs', 'web', '--to', 'staging', '--no-wait');

    expect(blocked.code).toBe(3);
    expect(blocked.stderr).toContain('jobs: gate verified says fail');
    expect(blocked.stderr).not.toContain('web: gate');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('did you mean "web"?');
    expect(unknown.stderr).toContain('did you mean "jobs"?');
    const both = await workshop.sluice('promote', 'wob', 'jobs', 'web', '--to', 'staging', '--no-wait');
    expect(both.code).toBe(3);
    expect(both.stderr).toContain('unknown app "wob"');
    expect(both.stderr).toContain('jobs: gate verified says fail');
    expect(await workshop.traces()).toEqual(before);
  });

  it('moves the apps that changed since a revision', async () => {
    const workshop = await promotedWorkshop();
    const since = (await workshop.git('rev-parse', 'HEAD')).trim();
    await workshop.push({ 'services/jobs/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'jobs', 'verified');
    const promoted = await workshop.sluice('promote', '--changed-since', since, '--to', 'staging', '--no-wait');

    expect(promoted.code, promoted.stderr).toBe(0);
    expect(promoted.stderr).toContain('  jobs: nothing -> ');
    expect(promoted.stderr).not.toContain('  web: ');
  });

  it('refuses an older release unless the downgrade is meant', async () => {
    const workshop = await promotedWorkshop();
    const old = await workshop.release('dev', 'web');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const ask = ['promote', 'web', '--to', 'staging', '--release', old.tag, '--no-wait'];
    const refused = await workshop.sluice(...ask);
    const meant = await workshop.sluice(...ask, '--allow-downgrade');

    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(
      /gate order says fail: built from \w+, which is older than \w+, which runs in staging/,
    );
    expect(meant.code, meant.stderr).toBe(0);
    expect((await workshop.release('staging', 'web')).release).toBe(old.release);
  });

  it('carries the digest that was verified though its tag was pushed over, and refuses it with both where that is asked', async () => {
    const workshop = await promotedWorkshop();
    const { tag, digest } = await workshop.release('staging', 'web');
    await fetch(`http://${workshop.registry.host}/v2/web/manifests/${tag}`, { method: 'PUT', body: 'another image' });
    const config = await workshop.read('gitops.config.yaml');
    const gates = 'production: true, gates: {verified: {}, digest: {}}';
    await workshop.push({ 'gitops.config.yaml': config.replace('production: true, gates: {verified: {}}', gates) });
    const before = await workshop.traces();
    const refused = await workshop.sluice('promote', 'web', '--to', 'prod', '--no-wait');
    const after = await workshop.traces();
    await workshop.push({ 'gitops.config.yaml': config });
    const carried = await workshop.sluice('promote', 'web', '--to', 'prod', '--no-wait');

    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(
      new RegExp(`the tag ${tag} means sha256:\\w{12} now, the release was verified with`),
    );
    expect(refused.stderr).toContain(digest.slice(0, 19));
    expect(after).toEqual(before);
    expect(carried.code, carried.stderr).toBe(0);
    expect(await workshop.manifests('prod', 'web')).toContain(`@${digest}`);
  });

  it('finds a release by its id, its tag or the digest of its image', async () => {
    const workshop = await promotedWorkshop();
    const old = await workshop.release('dev', 'web');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    expect((await workshop.release('dev', 'web')).release).not.toBe(old.release);
    await workshop.git('--git-dir', workshop.bare, 'update-ref', 'refs/heads/deploy/staging', 'deploy/staging~1');
    for (const named of [old.release, old.tag, old.digest]) {
      const planned = await workshop.sluice(
        'promote',
        'web',
        '--release',
        named,
        '--to',
        'staging',
        '--dry-run',
        '--json',
      );
      expect(JSON.parse(planned.stdout), planned.stderr).toMatchObject({ changes: [{ to: { release: old.release } }] });
    }
  });

  it('asks which of several environments before a release comes from, and takes the one that is named', async () => {
    const workshop = await promotedWorkshop();
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({ 'gitops.config.yaml': config.replace('after: [staging]', 'after: [staging, dev]') });
    const asked = await workshop.sluice('promote', 'web', '--to', 'prod', '--no-wait');
    const from = await workshop.sluice('promote', 'web', '--to', 'prod', '--from', 'dev', '--no-wait');

    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('prod comes after staging and dev');
    expect(asked.stderr).toContain('--from staging or --from dev');
    expect(from.code, from.stderr).toBe(0);
    expect((await workshop.release('prod', 'web')).from).toBe('dev');
  });

  it('explains every gate and ends with 0 whatever they say', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'demo', '--until', '2h');
    const before = await workshop.traces();
    const explained = await workshop.sluice('promote', 'web', '--to', 'staging', '--explain');

    expect(explained.code).toBe(0);
    expect(explained.stderr).toContain('gate verified: fail');
    expect(explained.stderr).toMatch(/gate hold: pending, held by .*; opens at \d{4}-/);
    expect(await workshop.traces()).toEqual(before);
  });

  it('lands a plan that was written down, and refuses it when something has moved', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const file = `${workshop.clone}-plan.json`;
    const written = await workshop.sluice('promote', 'web', '--to', 'staging', '--plan-out', file);
    await workshop.sluice('hold', 'jobs', '--env', 'staging', '--reason', 'moves the head');
    const moved = await workshop.sluice('promote', 'web', '--to', 'staging', '--plan', file, '--no-wait');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--plan-out', file);
    const landed = await workshop.sluice('promote', 'web', '--to', 'staging', '--plan', file, '--no-wait');

    expect(written.code, written.stderr).toBe(0);
    expect(moved.code).toBe(4);
    expect(moved.stderr).toContain('was approved on has moved: head');
    expect(landed.code, landed.stderr).toBe(0);
  });

  it('lands once when two people promote at the same time', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    await workshop.record('dev', 'jobs', 'verified');
    const both = await Promise.all([
      workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait'),
      workshop.sluice('promote', 'jobs', '--to', 'staging', '--no-wait'),
    ]);

    expect(
      both.map((each) => each.code),
      both.map((each) => each.stderr).join(),
    ).toEqual([0, 0]);
    expect((await workshop.git('--git-dir', workshop.bare, 'rev-list', '--count', 'deploy/staging')).trim()).toBe('3');
  });

  it('leaves a later environment as it is when a base is edited, and status says what waits', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const before = await workshop.manifests('staging', 'web');
    const base = await workshop.read('apps/web/base/deployment.yaml');
    const overlay = await workshop.read('apps/web/overlays/staging/kustomization.yaml');
    await workshop.push({
      'apps/web/base/deployment.yaml': base.replace('replicas: 1', 'replicas: 2'),
      'apps/web/overlays/staging/kustomization.yaml': overlay.replace('ENVIRONMENT=staging', 'ENVIRONMENT=stage'),
    });
    await workshop.sluice('deliver');
    const status = await workshop.sluice('status', 'web', '--json');
    const cells = (JSON.parse(status.stdout) as { cells: { environment: string; waits: string[] }[] }).cells;

    expect(await workshop.manifests('staging', 'web')).toBe(before);
    expect(cells.find((each) => each.environment === 'staging')?.waits).toEqual([
      expect.stringContaining('from dev (base)'),
      'overlay edit',
    ]);

    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const after = await workshop.manifests('staging', 'web');
    expect(after).toContain('replicas: 2');
    expect(after).toContain('ENVIRONMENT: stage\n');
    expect(after).toContain('sluice.dev/carried');
  });
});
