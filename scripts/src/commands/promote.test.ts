import { appendFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { deliveredWorkshop } from '../../test/workshop.ts';

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
