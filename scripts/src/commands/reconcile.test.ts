import { describe, expect, it } from 'vitest';
import { contextIn } from '../../test/context.ts';
import {
  createWorkshop,
  deliveredWorkshop,
  promotedWorkshop,
  secondVersionWorkshop,
  type Workshop,
} from '../../test/workshop.ts';
import { reconcile } from './reconcile.ts';

/** A second version of web that was promoted to staging, and what became of it there. */
async function withSecondVersion(
  state: 'failed' | 'aborted' | undefined,
): Promise<{ workshop: Workshop; good: string }> {
  const workshop = await secondVersionWorkshop();
  const good = (await workshop.git('--git-dir', workshop.bare, 'rev-parse', 'deploy/staging~1:web')).trim();
  await workshop.record('dev', 'jobs', 'verified');
  if (state !== undefined) await workshop.record('staging', 'web', state);
  return { workshop, good };
}

async function folder(workshop: Workshop): Promise<string> {
  return (await workshop.git('--git-dir', workshop.bare, 'rev-parse', 'deploy/staging:web')).trim();
}

describe('reconcile', () => {
  it.each(['failed', 'aborted'] as const)(
    'restores what was verified where the last landing %s, quarantines that, and has nothing to do then',
    async (state) => {
      const { workshop, good } = await withSecondVersion(state);
      const bad = await workshop.release('staging', 'web');
      const done = await workshop.sluice('reconcile', '--json');

      expect(JSON.parse(done.stdout), done.stderr).toMatchObject({ restored: ['web in staging'], troubles: [] });
      expect(await folder(workshop)).toBe(good);
      const promoted = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
      expect(promoted.code).toBe(3);
      expect(promoted.stderr).toContain(`release ${bad.release} is in quarantine in staging`);
      expect(promoted.stderr).toContain(`${bad.tag} ${state}: seen by a test`);

      await workshop.record('staging', 'web', 'verified');
      const again = await workshop.sluice('reconcile');
      expect(again.code, again.stderr).toBe(6);
    },
  );

  it('records the outcome of a landing that nobody waited for', async () => {
    const { workshop } = await withSecondVersion(undefined);
    const commit = await workshop.head('deploy/staging');
    const done = await workshop.sluice('reconcile');
    const { stdout } = await workshop.sluice('history', 'web', '--env', 'staging', '--json');
    const [last] = JSON.parse(stdout) as { landing: string; verb: string; by: string; outcome: { state: string } }[];

    expect(done.stdout).toContain('followed: web in staging');
    // There is no cluster to ask here.
    expect(done.code).toBe(5);
    expect(last).toMatchObject({
      landing: commit,
      verb: 'promotion',
      by: 'Test Person <test@example.invalid>',
      outcome: { state: 'unknown' },
    });
  });

  it('says what it would do with --dry-run and leaves everything as it is', async () => {
    const { workshop } = await withSecondVersion('failed');
    const before = await workshop.traces();
    const planned = await workshop.sluice('reconcile', '--dry-run');

    expect(planned.stdout).toContain('to restore: web in staging');
    expect(await workshop.traces()).toEqual(before);
  });

  it('says each time where there is nothing to go back to, which is for people and no failure of its own', async () => {
    const workshop = await promotedWorkshop();
    await workshop.record('dev', 'jobs', 'failed');
    const done = await workshop.sluice('reconcile');
    const again = await workshop.sluice('reconcile', '--json');

    expect(done.code).toBe(6);
    expect(done.stdout).toBe('the rest is for people\n');
    expect(done.stderr).toContain('jobs in dev: jobs has no earlier verified state in dev');
    expect(again.code).toBe(6);
    expect(JSON.parse(again.stdout)).toMatchObject({
      left: [
        expect.stringMatching(/^jobs in dev: jobs has no earlier verified state in dev\n {2}pnpm run history jobs/),
      ],
      restored: [],
      troubles: [],
    });
  });

  it('leaves to people what failed under a hold, and what failed after it was brought back', async () => {
    const { workshop } = await withSecondVersion('failed');
    await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'debugging');
    const bad = await folder(workshop);
    const held = await workshop.sluice('reconcile');
    expect(held.code).toBe(6);
    expect(held.stderr).toContain('it stays, held by Test Person');
    expect(held.stderr).toContain('\n  pnpm run hold web --env staging --lift --reason "..." lets it be restored\n');
    expect(await folder(workshop)).toBe(bad);

    await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'done', '--lift');
    await workshop.sluice('reconcile');
    const restored = await folder(workshop);
    await workshop.record('staging', 'web', 'failed', 'rollback');
    const again = await workshop.sluice('reconcile');
    expect(again.code).toBe(6);
    expect(again.stderr).toContain('was brought back and failed as well');
    expect(await folder(workshop)).toBe(restored);
  });

  it('keeps a release out of quarantine where only its overlay was wrong', async () => {
    const workshop = await promotedWorkshop();
    await workshop.record('dev', 'jobs', 'verified');
    const good = await folder(workshop);
    const path = 'apps/web/overlays/staging/kustomization.yaml';
    await workshop.push({ [path]: (await workshop.read(path)).replace('ENVIRONMENT=staging', 'ENVIRONMENT=wrong') });
    await workshop.sluice('reconfigure', 'web', '--env', 'staging', '--no-wait');
    await workshop.record('staging', 'web', 'failed');
    await workshop.sluice('reconcile');
    await workshop.record('staging', 'web', 'verified', 'rollback');
    await workshop.push({ [path]: (await workshop.read(path)).replace('ENVIRONMENT=wrong', 'ENVIRONMENT=mended') });
    expect(await folder(workshop)).toBe(good);
    const mended = await workshop.sluice('reconfigure', 'web', '--env', 'staging', '--no-wait');

    expect(mended.code, mended.stderr).toBe(0);
  });

  it('promotes to an environment with auto what its gates let pass, and never what has left it, held or after the hold', async () => {
    const workshop = await createWorkshop((files) => {
      files['gitops.config.yaml'] =
        files['gitops.config.yaml']?.replace('after: [dev],', 'after: [dev], auto: true,') ?? '';
    });
    await workshop.sluice('deliver', '--build-number', '1');
    await workshop.record('dev', 'web', 'verified');
    await workshop.record('dev', 'jobs', 'failed');
    const first = await workshop.sluice('reconcile', '--json');
    const arrived = await workshop.release('staging', 'web');

    expect(JSON.parse(first.stdout), first.stderr).toMatchObject({ promoted: ['staging'] });
    expect(arrived).toMatchObject({ from: 'dev', tag: (await workshop.release('dev', 'web')).tag });
    await expect(workshop.release('staging', 'jobs')).rejects.toThrow('jobs/release.yaml');

    await workshop.record('staging', 'web', 'verified');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('reconcile');
    expect((await workshop.release('staging', 'web')).tag).toMatch(/-2$/);
    await workshop.record('staging', 'web', 'verified');
    await workshop.sluice('rollback', 'web', '--env', 'staging', '--hold-for', '1h', '--no-wait');
    await workshop.record('staging', 'web', 'verified');
    const held = await workshop.sluice('reconcile', '--json');
    const later = contextIn(workshop, { now: new Date(Date.now() + 2 * 3_600_000) });
    await reconcile(later, { deadline: 1, json: true });

    expect(JSON.parse(held.stdout)).toMatchObject({ promoted: [] });
    expect(JSON.parse(later.output().stdout)).toMatchObject({ promoted: [] });
    expect((await workshop.release('staging', 'web')).release).toBe(arrived.release);
    const { cells } = JSON.parse((await workshop.sluice('status', 'web', '--json')).stdout) as {
      cells: { environment: string; waits: string[] }[];
    };
    expect(cells.find(({ environment }) => environment === 'staging')?.waits).toContain(
      'not by itself, since it has left here before: pnpm run promote web --to staging brings it',
    );
  });

  it('promotes by itself also while another such environment is new and has no branch yet', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'web', 'verified');
    const config = await workshop.read('gitops.config.yaml');
    const auto = config.replace('after: [dev],', 'after: [dev], auto: true,');
    const [staging] = auto.match(/.*name: staging.*\n/) ?? [''];
    await workshop.push({ 'gitops.config.yaml': auto.replace(staging, staging + staging.replaceAll('staging', 'qa')) });
    const done = await workshop.sluice('reconcile', '--json');

    expect(JSON.parse(done.stdout), done.stderr).toMatchObject({ promoted: ['staging'], troubles: [] });
  });
});
