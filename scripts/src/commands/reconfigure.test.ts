import { describe, expect, it } from 'vitest';
import { promotedWorkshop, type Workshop } from '../../test/workshop.ts';

async function withOverlayEdit(): Promise<Workshop> {
  const workshop = await promotedWorkshop();
  const path = 'apps/web/overlays/staging/kustomization.yaml';
  const overlay = await workshop.read(path);
  await workshop.push({ [path]: overlay.replace('ENVIRONMENT=staging', 'ENVIRONMENT=stage') });
  return workshop;
}

describe('reconfigure', () => {
  it('applies an overlay edit with the same release', async () => {
    const workshop = await withOverlayEdit();
    const before = await workshop.release('staging', 'web');
    const done = await workshop.sluice('reconfigure', 'web', '--env', 'staging', '--no-wait');
    const after = await workshop.release('staging', 'web');

    expect(done.code, done.stderr).toBe(0);
    expect(await workshop.manifests('staging', 'web')).toContain('ENVIRONMENT: stage\n');
    expect(after).toMatchObject({ release: before.release, tag: before.tag, from: 'dev' });
    expect(after.overlayRevision).not.toBe(before.overlayRevision);
  });

  it('is what applies it, and a promotion is not', async () => {
    const workshop = await withOverlayEdit();
    const before = await workshop.traces();
    const promoted = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');

    expect(promoted.code).toBe(6);
    expect(promoted.stderr).toContain('pnpm run reconfigure applies overlay edits');
    expect(await workshop.traces()).toEqual(before);
  });

  it('takes every app with an edit where none is named, and has nothing to do then', async () => {
    const workshop = await withOverlayEdit();
    const done = await workshop.sluice('reconfigure', '--env', 'staging', '--no-wait');
    const again = await workshop.sluice('reconfigure', '--env', 'staging', '--no-wait');

    expect(done.code, done.stderr).toBe(0);
    expect(again.code).toBe(6);
    expect(again.stderr).toContain('no overlay edit waits in staging: nothing to do');
  });

  it('brings what runs to the namespace that its environment has now, which deletes it in the other one', async () => {
    const workshop = await promotedWorkshop();
    const file = 'gitops.config.yaml';
    await workshop.push({ [file]: (await workshop.read(file)).replace('{app}-staging', '{app}-stage') });
    const status = await workshop.sluice('status', 'web', '--no-cluster');
    const ask = ['reconfigure', '--env', 'staging', '--no-wait'];
    const stopped = await workshop.sluice(...ask);
    const done = await workshop.sluice(...ask, '--allow-deletion');

    expect(stopped.stderr).toContain('web: gate deletion says fail');
    expect(status.stdout).toContain('another namespace or cluster');
    expect(done.code, done.stderr).toBe(0);
    expect(await workshop.manifests('staging', 'web')).toContain('namespace: web-stage\n');
  });

  it('waits for a freeze to end', async () => {
    const workshop = await withOverlayEdit();
    await workshop.sluice('freeze', '--env', 'staging', '--reason', 'month end', '--until', '2h');
    const before = await workshop.traces();
    const stopped = await workshop.sluice('reconfigure', 'web', '--env', 'staging', '--no-wait');

    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toMatch(/gate freeze says pending: staging is frozen .*; opens at/);
    expect(await workshop.traces()).toEqual(before);
  });

  it('lands a plan that was written down, and refuses it when the overlay has moved', async () => {
    const workshop = await withOverlayEdit();
    const file = `${workshop.clone}-plan.json`;
    const ask = ['reconfigure', 'web', '--env', 'staging', '--no-wait'];
    const written = await workshop.sluice(...ask, '--plan-out', file);
    const path = 'apps/web/overlays/staging/kustomization.yaml';
    await workshop.push({ [path]: (await workshop.read(path)).replace('=stage', '=later') });
    const moved = await workshop.sluice(...ask, '--plan', file);
    await workshop.sluice(...ask, '--plan-out', file);
    const landed = await workshop.sluice(...ask, '--plan', file);

    expect(written.code, written.stderr).toBe(0);
    expect(moved.code).toBe(4);
    expect(moved.stderr).toContain('has moved: intent, configuredBy, manifests of web');
    expect(landed.code, landed.stderr).toBe(0);
    expect(await workshop.manifests('staging', 'web')).toContain('ENVIRONMENT: later');
  });

  it('lists everything that is wrong with a batch, and lands nothing of it', async () => {
    const workshop = await withOverlayEdit();
    await workshop.sluice('freeze', '--env', 'staging', '--reason', 'month end');
    const before = await workshop.traces();
    const refused = await workshop.sluice('reconfigure', 'web', 'jobs', 'wob', '--env', 'staging', '--no-wait');

    expect(refused.code).toBe(3);
    for (const problem of ['jobs has no release in staging', 'unknown app "wob"', 'web: gate freeze says pending']) {
      expect(refused.stderr).toContain(problem);
    }
    expect(await workshop.traces()).toEqual(before);
  });

  it('refuses an app that has no release there, and leaves nothing behind', async () => {
    const workshop = await promotedWorkshop();
    const before = await workshop.traces();
    const refused = await workshop.sluice('reconfigure', 'jobs', '--env', 'staging', '--no-wait');

    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('jobs has no release in staging');
    expect(await workshop.traces()).toEqual(before);
  });
});
