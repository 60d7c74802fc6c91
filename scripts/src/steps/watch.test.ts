import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCluster, type AppInCluster, type TestCluster } from '../../test/cluster-server.ts';
import { contextIn, type TestClock } from '../../test/context.ts';
import { deliveredWorkshop, type Workshop } from '../../test/workshop.ts';
import { promote } from '../commands/promote.ts';
import { reconcile } from '../commands/reconcile.ts';
import { printError } from '../ui/print-error.ts';

/** When the workshop's records say that what was delivered became verified. */
const verifiedAt = Date.parse('2026-01-01T00:00:00Z');
const after = (minutes: number, seconds = 0): Date => new Date(verifiedAt + (minutes * 60 + seconds) * 1000);

interface Scene {
  workshop: Workshop;
  clock: TestClock;
  cluster: TestCluster;
  /** What the cluster says of web in dev from now on. */
  show(health: AppInCluster['health'], since: Date): Promise<void>;
  promote(flags?: object): Promise<{ code: number; stdout: string; stderr: string }>;
  reconcile(flags?: object): Promise<{ code: number; stdout: string; stderr: string }>;
  /** The files of the records' branch that are observations, without the landing. */
  observations(): Promise<string[]>;
}

/** Web is verified and healthy in dev, and staging wants ten minutes of that. */
async function scene(staging = 'gates: {verified: {}, soak: {for: 10m}}'): Promise<Scene> {
  const workshop = await deliveredWorkshop();
  const config = await workshop.read('gitops.config.yaml');
  const asking = config.replace('after: [dev], gates: {verified: {}}', `after: [dev], ${staging}`);
  if (asking !== config) await workshop.push({ 'gitops.config.yaml': asking });
  await workshop.record('dev', 'web', 'verified');
  await workshop.record('dev', 'jobs', 'verified');
  const cluster = await startCluster();
  onTestFinished(cluster.stop);
  await workshop.useCluster(cluster.kubeconfig);
  const clock: TestClock = { now: after(0) };

  async function run(
    command: (context: ReturnType<typeof contextIn>) => Promise<number>,
  ): ReturnType<Scene['promote']> {
    const context = contextIn(workshop, clock);
    const code = await command(context).catch((error: unknown) => printError(error, context.stderr));
    return { code, ...context.output() };
  }
  const made: Scene = {
    workshop,
    clock,
    cluster,
    async show(health, since) {
      for (const app of ['web', 'jobs']) {
        const { image, digest } = await workshop.release('dev', app);
        cluster.set({
          app,
          environment: 'dev',
          image: `${image}@${digest}`,
          revision: await workshop.head('deploy/dev'),
          health,
          since: since.toISOString(),
        });
      }
    },
    promote: (flags = {}) =>
      run((context) => promote(context, ['web'], { to: 'staging', wait: false, deadline: 1, ...flags })),
    reconcile: (flags = {}) => run((context) => reconcile(context, { deadline: 1, ...flags })),
    async observations() {
      const listed = await workshop.git('--git-dir', workshop.bare, 'ls-tree', '-r', '--name-only', 'delivery-records');
      return listed
        .split('\n')
        .filter((path) => path.includes('healthy'))
        .map((path) => path.replace(/[0-9a-f]{12}-/, ''));
    },
  };
  await made.show('Healthy', after(-1));
  return made;
}

describe('a promotion to an environment with a soak', () => {
  it('is blocked until the second that --explain gives, and passes at that second, as the hook agrees', async () => {
    const { workshop, clock, promote: run, observations } = await scene();
    const before = await workshop.traces();
    clock.now = after(5);
    const explained = await run({ explain: true, json: true });
    const [change] = (JSON.parse(explained.stdout) as { changes: { verdicts: { gate: string; opensAt?: string }[] }[] })
      .changes;
    const opensAt = change?.verdicts.find(({ gate }) => gate === 'soak')?.opensAt ?? '';
    expect(new Date(opensAt)).toEqual(after(10));
    expect(explained.stderr).toContain(
      'gate soak: pending, healthy in dev for 5m of 10m; opens at 2026-01-01T00:10:00.000Z',
    );

    clock.now = new Date(Date.parse(opensAt) - 1000);
    const early = await run();
    expect(early.code, early.stderr).toBe(3);
    expect(early.stderr).toContain('healthy in dev for 9m 59s of 10m');

    clock.now = new Date(opensAt);
    expect((await run({ dryRun: true })).code).toBe(0);
    expect(await workshop.traces()).toEqual(before);
    const done = await run();
    expect(done.code, done.stderr).toBe(0);
    expect(await observations()).toEqual(['dev/web/healthy-20260101T001000000Z.json']);
    expect((await workshop.release('staging', 'web')).from).toBe('dev');
  });

  it('goes by what is on record where the cluster does not answer, and says so', async () => {
    const { workshop, clock, cluster, promote: run } = await scene();
    clock.now = after(5);
    await cluster.stop();
    const blind = await run();
    expect(blind.code, blind.stderr).toBe(3);
    expect(blind.stderr).toContain('what is on record decides');
    expect(blind.stderr).toContain('healthy in dev for 0s of 10m; its cluster could not be asked, so it ends at');
    expect(blind.stderr).not.toContain('opens at');
    await expect(workshop.release('staging', 'web')).rejects.toThrow('web/release.yaml');
  });

  it('is said to starve in the status where the environment before is given the next release too early', async () => {
    const { workshop, cluster } = await scene();
    expect((await workshop.sluice('status')).stdout).not.toContain('starves');
    await cluster.stop();
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2', '--deadline', '1');

    expect((await workshop.sluice('status')).stdout).toContain(
      'web in staging: soak of 10m starves: since 2026-01-01T00:00:00.000Z dev has replaced 1 release before it was over',
    );
  });

  it('asks no cluster where no soak is asked for, and none for a diff', async () => {
    const without = await scene('gates: {verified: {}}');
    expect((await without.promote()).code).toBe(0);
    expect(without.cluster.requests()).toEqual([]);
    const { workshop, cluster, promote: run } = await scene();
    expect((await workshop.sluice('diff', 'web', '--to', 'staging')).code).toBe(0);
    expect(cluster.requests()).toEqual([]);
    await run();
    expect(cluster.requests()).not.toEqual([]);
  });
});

describe('reconcile', () => {
  it('writes down in one commit that soaks are over, which outlives the release in the environment before', async () => {
    const { workshop, clock, cluster, promote: run, reconcile: look, observations } = await scene();
    clock.now = after(9);
    expect((await look()).code).toBe(6);
    const start = await workshop.head('delivery-records');
    clock.now = after(10);
    const done = await look({ json: true });

    expect(JSON.parse(done.stdout), done.stderr).toMatchObject({
      observed: ['jobs in dev', 'web in dev'],
      troubles: [],
    });
    const commits = await workshop.git('--git-dir', workshop.bare, 'log', '--format=%s', `${start}..delivery-records`);
    expect(commits.trim()).toBe('Observe jobs healthy in dev, web healthy in dev');
    expect((await look()).code).toBe(6);

    const { release } = await workshop.release('dev', 'web');
    await cluster.stop();
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2', '--deadline', '1');
    await workshop.record('dev', 'web', 'verified');
    const next = await run();
    expect(next.code, next.stderr).toBe(3);
    const kept = await run({ release });
    expect(kept.code, kept.stderr).toBe(0);
    expect((await workshop.release('staging', 'web')).release).toBe(release);
    expect(await observations()).toHaveLength(2);
  });

  it('takes `verified` back where a landing becomes unhealthy, gives it back, and has the soak begin again', async () => {
    const { workshop, clock, show, promote: run, reconcile: look } = await scene();
    clock.now = after(10);
    await look();
    await show('Degraded', after(12));
    clock.now = after(12, 9);
    expect((await look()).code).toBe(6);
    clock.now = after(12, 11);
    expect((await look()).stdout).toContain('observed: jobs in dev, web in dev');
    const { stdout } = await workshop.sluice('history', 'web');
    expect(stdout).toContain('unhealthy since 2026-01-01T00:12:00Z: Degraded');
    expect(stdout).not.toMatch(/ healthy/);
    const broken = await run();
    expect(broken.code).toBe(3);
    expect(broken.stderr).toContain('gate verified says fail');
    expect(broken.stderr).toContain('was unhealthy in dev');

    await show('Healthy', after(14));
    clock.now = after(15);
    await look();
    const again = await run();
    expect(again.stderr).not.toContain('gate verified says fail');
    expect(again.stderr).toContain('healthy in dev for 1m of 10m since it failed there at 2026-01-01T00:12:11.000Z');
    expect(again.stderr).toContain('opens at 2026-01-01T00:24:00.000Z');
  });

  it('--every has `auto` go on at the second at which the soak is over, not at its own beat', async () => {
    const { workshop, clock, reconcile: look } = await scene('auto: true, gates: {verified: {}, soak: {for: 10m}}');
    clock.end = after(16);
    const ended = await look({ every: 420 });

    expect(ended.stderr).toContain('the test is over');
    const landed = await workshop.git('--git-dir', workshop.bare, 'log', '-1', '--format=%ct', 'deploy/staging');
    expect(new Date(Number(landed) * 1000)).toEqual(after(10));
  });
});

describe('the hook', () => {
  it('refuses a landing whose soak is not on record, though its clock would let it pass', async () => {
    const { workshop, clock, promote: run } = await scene();
    const [staging, records] = [await workshop.head('deploy/staging'), await workshop.head('delivery-records')];
    clock.now = after(10);
    await run();
    const [landed, observed] = [await workshop.head('deploy/staging'), await workshop.head('delivery-records')];
    const set = (branch: string, commit: string): Promise<string> =>
      workshop.git('--git-dir', workshop.bare, 'update-ref', `refs/heads/${branch}`, commit);
    const push = (): Promise<string> =>
      workshop.git('push', 'local', `${landed}:deploy/staging`).then(
        () => '',
        (error: unknown) => (error as { stderr: string }).stderr,
      );

    await set('deploy/staging', staging);
    await set('delivery-records', records);
    expect(await push()).toContain('gate soak says pending: healthy in dev for 0s of 10m');
    await set('delivery-records', observed);
    expect(await push()).toBe('');
  });

  it('refuses an observation that is out of place or changed later, and takes one that is not', async () => {
    const { workshop, clock, reconcile: look } = await scene();
    clock.now = after(10);
    await look();
    const path = `dev/web/${(await workshop.head('deploy/dev')).slice(0, 12)}-healthy-20260101T001000000Z.json`;
    const text = await workshop.git('--git-dir', workshop.bare, 'show', `delivery-records:${path}`);
    const push = async (at: string, content: string): Promise<string> => {
      await workshop.git('fetch', '--quiet', 'local');
      await workshop.git('checkout', '--quiet', '--detach', 'local/delivery-records');
      await writeFile(join(workshop.clone, at), content);
      await workshop.git('add', '--all');
      await workshop.git('commit', '--quiet', '--message', 'By hand');
      const said = workshop.git('push', 'local', 'HEAD:delivery-records');
      return said.then(
        () => 'accepted',
        (error: unknown) => (error as { stderr: string }).stderr,
      );
    };

    expect(await push('dev/web/1-healthy-1.json', text)).toContain(`belongs at ${path}`);
    expect(await push(path, text.replace('"healthy": true', '"healthy": false'))).toContain('was changed or removed');
    const later = text.replaceAll('00:10:00.000Z', '00:11:00.000Z');
    expect(await push(path.replace('T0010', 'T0011'), later)).toBe('accepted');
  });
});
