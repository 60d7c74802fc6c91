import { describe, expect, it } from 'vitest';
import { createWorkshop, promotedWorkshop, type Workshop } from '../../test/workshop.ts';

/** A workshop whose staging asks for one approval, with web verified in dev. */
async function guarded(): Promise<Workshop> {
  const workshop = await createWorkshop((files) => {
    files['gitops.config.yaml'] =
      files['gitops.config.yaml']?.replace('gates: {verified: {}}', 'gates: {verified: {}, approvals: {count: 1}}') ??
      '';
  });
  await workshop.sluice('deliver', '--build-number', '1');
  await workshop.record('dev', 'web', 'verified');
  return workshop;
}

const promotion = ['promote', 'web', '--to', 'staging', '--no-wait'] as const;

describe('approve', () => {
  it('opens the gate for another person, and not for the one who approves', async () => {
    const workshop = await guarded();
    const before = await workshop.sluice(...promotion);
    const approved = await workshop.sluice('approve', 'web', '--to', 'staging');
    const own = await workshop.sluice(...promotion);
    await workshop.git('config', 'user.name', 'Other Person');
    await workshop.git('config', 'user.email', 'other@example.invalid');
    const promoted = await workshop.sluice(...promotion);

    expect(before.code).toBe(3);
    expect(before.stderr).toContain('gate approvals says pending: 0 of 1: approved by nobody');
    expect(approved.code, approved.stderr).toBe(0);
    expect(own.code).toBe(3);
    expect(own.stderr).toContain('Test Person <test@example.invalid> asked and does not count');
    expect(promoted.code, promoted.stderr).toBe(0);
  });

  it('is of the bytes that were looked at: a new release needs a new one', async () => {
    const workshop = await guarded();
    await workshop.sluice('approve', 'web', '--to', 'staging');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'web', 'verified');
    await workshop.git('config', 'user.email', 'other@example.invalid');
    const promoted = await workshop.sluice(...promotion);

    expect(promoted.code).toBe(3);
    expect(promoted.stderr).toContain('0 of 1: approved by nobody');
  });

  it('lets an overlay edit to an environment that asks for approvals', async () => {
    const workshop = await guarded();
    await workshop.git('config', 'user.email', 'other@example.invalid');
    await workshop.sluice('approve', 'web', '--to', 'staging');
    await workshop.git('config', '--unset', 'user.email');
    await workshop.sluice(...promotion);
    const overlay = 'apps/web/overlays/staging/kustomization.yaml';
    await workshop.push({ [overlay]: (await workshop.read(overlay)).replace('=staging', '=stage') });
    const reconfigure = ['reconfigure', 'web', '--env', 'staging', '--no-wait'] as const;
    const before = await workshop.sluice(...reconfigure);
    await workshop.git('config', 'user.email', 'other@example.invalid');
    const approved = await workshop.sluice('approve', 'web', '--to', 'staging', '--reconfiguration');
    await workshop.git('config', '--unset', 'user.email');
    const done = await workshop.sluice(...reconfigure);

    expect(before.code).toBe(3);
    expect(before.stderr).toContain('somebody else: pnpm run approve web --to staging --reconfiguration\n');
    expect(approved.code, approved.stderr).toBe(0);
    expect(done.code, done.stderr).toBe(0);
    expect(await workshop.manifests('staging', 'web')).toContain('ENVIRONMENT: stage\n');
  });

  it('can be taken back', async () => {
    const workshop = await guarded();
    await workshop.sluice('approve', 'web', '--to', 'staging');
    const lifted = await workshop.sluice('approve', 'web', '--to', 'staging', '--lift');
    const again = await workshop.sluice('approve', 'web', '--to', 'staging', '--lift');
    await workshop.git('config', 'user.email', 'other@example.invalid');

    expect(lifted.code, lifted.stderr).toBe(0);
    expect(again.code).toBe(6);
    expect((await workshop.sluice(...promotion)).code).toBe(3);
  });

  it('can be taken back by the same person under another name', async () => {
    const workshop = await guarded();
    await workshop.sluice('approve', 'web', '--to', 'staging');
    await workshop.git('config', 'user.name', 'T. Person');
    await workshop.git('config', 'user.email', 'TEST@example.invalid');

    expect((await workshop.sluice('approve', 'web', '--to', 'staging', '--lift')).code).toBe(0);
  });

  it('of a retirement may be given while later environments still run the app', async () => {
    const workshop = await promotedWorkshop();
    await workshop.sluice('promote', 'web', '--to', 'prod', '--yes', '--no-wait');
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({
      'gitops.config.yaml': config.replaceAll('gates: {verified: {}}', 'gates: {verified: {}, approvals: {count: 1}}'),
    });
    await workshop.git('config', 'user.email', 'other@example.invalid');
    for (const environment of ['staging', 'prod']) {
      const approved = await workshop.sluice('approve', 'web', '--to', environment, '--retirement');
      expect(approved.code, approved.stderr).toBe(0);
    }
    await workshop.push({ 'gitops.config.yaml': config.replace('  web: {strategy: rolling}\n', '') });
    await workshop.git('config', '--unset', 'user.email');
    const alone = await workshop.sluice('retire', 'web', '--env', 'staging', '--no-wait');

    expect(alone.code).toBe(3);
    expect(alone.stderr).toContain('prod still runs web');
  });

  it('refuses an unknown app and leaves nothing behind', async () => {
    const workshop = await guarded();
    const before = await workshop.traces();
    const refused = await workshop.sluice('approve', 'wob', '--to', 'staging');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('did you mean "web"?');
    expect(await workshop.traces()).toEqual(before);
  });

  it('refuses what nobody asks for, and what is not named, and says how it is', async () => {
    const workshop = await guarded();
    const before = await workshop.traces();
    const unasked = await workshop.sluice('approve', 'web', '--to', 'prod');
    const unnamed = await workshop.sluice('approve', '--to', 'staging');

    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain('error: prod asks for no approvals, so there is nothing to approve\n');
    expect(unnamed.code).toBe(2);
    expect(unnamed.stderr).toBe('error: no app was named\n  pnpm run approve <app>... --to staging, or --all\n');
    expect(await workshop.traces()).toEqual(before);
  });
});
