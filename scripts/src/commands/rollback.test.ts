import { describe, expect, it } from 'vitest';
import { parseRelease } from '../core/release-file.ts';
import { promotedWorkshop, secondVersionWorkshop } from '../../test/workshop.ts';

describe('rollback', () => {
  it('restores the exact bytes of the last verified state, and holds them', async () => {
    const workshop = await secondVersionWorkshop();
    const folder = async (revision = 'deploy/staging'): Promise<string> =>
      (await workshop.git('--git-dir', workshop.bare, 'rev-parse', `${revision}:web`)).trim();
    const good = await folder('deploy/staging~1');
    expect(await folder()).not.toBe(good);

    const back = await workshop.sluice('rollback', 'web', '--env', 'staging', '--reason', 'errors', '--no-wait');

    expect(back.code, back.stderr).toBe(0);
    expect(await folder()).toBe(good);
    expect(await workshop.policy('staging')).toContain('rolled back from');
    const again = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    expect(again.code).toBe(3);
    expect(again.stderr).toContain('web: gate hold says pending: held by Test Person <test@example.invalid>');
  });

  it('brings back the image alone with --image-only, as a release that is not verified yet', async () => {
    const workshop = await secondVersionWorkshop();
    const [base, overlay] = ['apps/web/base/deployment.yaml', 'apps/web/overlays/staging/kustomization.yaml'];
    await workshop.push({
      [base]: (await workshop.read(base)).replace('replicas: 1', 'replicas: 2'),
      [overlay]: (await workshop.read(overlay)).replace('=staging', '=edited'),
    });
    await workshop.sluice('deliver', '--build-number', '3');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const good = parseRelease(
      await workshop.git('--git-dir', workshop.bare, 'show', 'deploy/staging~2:web/release.yaml'),
      'before',
    );
    const running = await workshop.release('staging', 'web');
    const back = await workshop.sluice('rollback', 'web', '--env', 'staging', '--image-only', '--no-wait');
    const now = await workshop.release('staging', 'web');

    expect(back.code, back.stderr).toBe(0);
    expect(back.stderr).toContain('base and overlay stay');
    expect(now).toMatchObject({ digest: good.digest, tag: good.tag, overlayRevision: running.overlayRevision });
    expect(running.digest).not.toBe(good.digest);
    const manifests = await workshop.manifests('staging', 'web');
    expect(manifests).toContain('ENVIRONMENT: edited');
    expect(manifests).toContain('replicas: 2');
    expect(manifests).toContain(good.digest);
    expect([good.release, running.release]).not.toContain(now.release);
    expect(await workshop.policy('staging')).toContain('rolled back from');
    const unverified = await workshop.sluice('promote', 'web', '--to', 'prod', '--no-wait');
    expect(unverified.stderr).toContain('web: gate verified says fail');
    const again = await workshop.sluice('rollback', 'web', '--env', 'staging', '--image-only', '--no-wait');
    expect(again.code, again.stderr).toBe(6);
    expect(again.stderr).toContain('web is being rolled back already in staging');
  });

  it('keeps what it restored whatever is edited in its overlay, until reconfigure asks for it', async () => {
    const workshop = await secondVersionWorkshop();
    const folder = async (): Promise<string> =>
      (await workshop.git('--git-dir', workshop.bare, 'rev-parse', 'deploy/staging:web')).trim();
    const ask = ['reconfigure', 'web', '--env', 'staging', '--no-wait'];
    await workshop.sluice('rollback', 'web', '--env', 'staging', '--no-wait');
    await workshop.record('staging', 'web', 'verified', 'rollback');
    const [restored, { release, tag }] = [await folder(), await workshop.release('staging', 'web')];
    const overlay = 'apps/web/overlays/staging/kustomization.yaml';
    await workshop.push({ [overlay]: (await workshop.read(overlay)).replace('=staging', '=edited') });
    await workshop.sluice('deliver', '--build-number', '3');
    await workshop.sluice('reconcile');
    const held = await workshop.sluice(...ask);
    await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'over', '--lift');
    await workshop.sluice('reconcile');
    const same = await workshop.sluice('promote', 'web', '--release', tag, '--to', 'staging', '--no-wait');
    const status = await workshop.sluice('status', 'web');

    expect(held.code, held.stderr).toBe(3);
    expect(same.code, same.stderr).toBe(6);
    expect(await folder()).toBe(restored);
    expect(status.stdout).toContain('overlay edit');

    const asked = await workshop.sluice(...ask);
    expect(asked.code, asked.stderr).toBe(0);
    expect(await workshop.manifests('staging', 'web')).toContain('ENVIRONMENT: edited');
    expect((await workshop.release('staging', 'web')).release).toBe(release);
  });

  it('goes through a freeze, which stops a promotion', async () => {
    const workshop = await secondVersionWorkshop();
    await workshop.sluice('freeze', '--env', 'staging', '--reason', 'incident');
    const promoted = await workshop.sluice('promote', 'jobs', '--to', 'staging', '--no-wait');
    const back = await workshop.sluice('rollback', 'web', '--env', 'staging', '--no-wait');

    expect(promoted.code).toBe(3);
    expect(promoted.stderr).toContain('staging is frozen by Test Person');
    expect(back.code, back.stderr).toBe(0);
  });

  it('writes nothing with --dry-run', async () => {
    const workshop = await secondVersionWorkshop();
    const before = await workshop.traces();
    const planned = await workshop.sluice('rollback', 'web', '--env', 'staging', '--dry-run', '--json');

    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout)).toMatchObject({ verb: 'rollback', changes: [{ app: 'web' }] });
    expect(await workshop.traces()).toEqual(before);
  });

  it('refuses what was never verified there, and leaves nothing behind', async () => {
    const workshop = await promotedWorkshop();
    const before = await workshop.traces();
    const refused = await workshop.sluice('rollback', 'web', '--env', 'staging', '--no-wait');

    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('web has no earlier verified state in staging');
    expect(await workshop.traces()).toEqual(before);
  });
});
