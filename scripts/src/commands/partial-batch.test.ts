import { expect, it, onTestFinished } from 'vitest';
import { startCluster } from '../../test/cluster-server.ts';
import { contextIn } from '../../test/context.ts';
import { deliveredWorkshop, secondVersionWorkshop, type Workshop } from '../../test/workshop.ts';
import { deliver } from './deliver.ts';
import { promote } from './promote.ts';
import { reconcile } from './reconcile.ts';

const apps = ['web', 'jobs'];
const started = new Date().toISOString();

/** Argo CD and the Deployments, which take up what dev and staging say; images that are broken never become ready in staging. */
async function startEnvironments(workshop: Workshop, broken: Set<string>): Promise<void> {
  let seen = 0;
  const { kubeconfig, stop } = await startCluster(async ({ writes, set }) => {
    // Somebody has asked Argo CD to look at Git.
    if (writes().length === seen) return;
    seen = writes().length;
    for (const environment of ['dev', 'staging']) {
      const revision = await workshop.head(`deploy/${environment}`);
      for (const app of apps) {
        const release = await workshop.release(environment, app).catch(() => undefined);
        if (release === undefined) continue;
        const { digest } = release;
        const stuck = environment === 'staging' && broken.has(digest);
        const image = `${release.image}@${digest}`;
        set({ app, environment, image, revision, health: stuck ? 'Degraded' : 'Healthy', stuck, since: started });
      }
    }
  });
  onTestFinished(stop);
  await workshop.useCluster(kubeconfig);
}

/** Pushes new code of some apps and delivers it to dev. */
async function nextVersion(workshop: Workshop, version: number, ...names: string[]): Promise<void> {
  const code = `export const answer = ${version};\n`;
  await workshop.push(Object.fromEntries(names.map((name) => [`services/${name}/index.js`, code])));
  const context = contextIn(workshop);
  expect(await deliver(context, { buildNumber: version, deadline: 60 }), context.said()).toBe(0);
}

it('ends a batch with 1 where one app fails, keeps what the others became, restores that one, and takes it on once it is mended', async () => {
  const workshop = await deliveredWorkshop();
  const broken = new Set<string>();
  await startEnvironments(workshop, broken);
  const promoteBoth = async (): Promise<{ code: number; said: string }> => {
    const context = contextIn(workshop);
    const code = await promote(context, apps, { to: 'staging', wait: true, deadline: 60 });
    return { code, said: context.said() };
  };
  for (const app of apps) await workshop.record('dev', app, 'verified');
  const first = await promoteBoth();
  expect(first.code, first.said).toBe(0);
  const good = await workshop.release('staging', 'jobs');

  await nextVersion(workshop, 2, ...apps);
  broken.add((await workshop.release('dev', 'jobs')).digest);
  const second = await promoteBoth();
  const web = await workshop.release('staging', 'web');
  expect(second.code, second.said).toBe(1);
  expect(second.said).toMatch(/web \S+-2 in staging: verified/);
  expect(second.said).toMatch(/jobs \S+-2 in staging: failed, ProgressDeadlineExceeded: not ready/);

  const context = contextIn(workshop);
  expect(await reconcile(context, { deadline: 60 }), context.said()).toBe(0);
  expect(context.said()).toContain('followed: none; restored: jobs in staging;');
  expect(await workshop.release('staging', 'jobs')).toEqual(good);
  expect(await workshop.release('staging', 'web')).toEqual(web);
  await expect(promoteBoth()).rejects.toThrow(/jobs: gate quarantine says fail/);

  await nextVersion(workshop, 3, 'jobs');
  const last = await promoteBoth();
  expect(last.code, last.said).toBe(0);
  expect(last.said).toMatch(/jobs \S+-3 in staging: verified/);
  expect(last.said).not.toContain('web:');
  expect(await workshop.release('staging', 'web')).toEqual(web);
});

it('ends reconcile with 1 where a landing that it follows fails, though another one becomes verified after that', async () => {
  const workshop = await secondVersionWorkshop();
  const { kubeconfig, stop } = await startCluster(async ({ set }) => {
    const records = await workshop.git('--git-dir', workshop.bare, 'log', '--format=%s', 'delivery-records');
    for (const [app, environment] of [
      ['web', 'staging'],
      ['jobs', 'dev'],
    ] as const) {
      const { image, digest, tag } = await workshop.release(environment, app);
      const stuck = app === 'web' && tag.endsWith('-2');
      const waits = app === 'jobs' && !records.includes('Record web failed in staging');
      const health = stuck ? 'Degraded' : waits ? 'Progressing' : 'Healthy';
      const revision = await workshop.head(`deploy/${environment}`);
      set({ app, environment, image: `${image}@${digest}`, revision, health, stuck, since: started });
    }
  });
  onTestFinished(stop);
  await workshop.useCluster(kubeconfig);
  const context = contextIn(workshop);
  const code = await reconcile(context, { deadline: 3600 });

  expect(context.said()).toMatch(/web \S+-2 in staging: failed[^]*jobs \S+-1 in dev: verified/);
  expect(context.said()).toContain('restored: web in staging');
  expect(code, context.said()).toBe(1);
});
