import { describe, expect, it, onTestFinished } from 'vitest';
import { addressOf, startCluster, type TestCluster } from '../../test/cluster-server.ts';
import { contextIn } from '../../test/context.ts';
import { promotedWorkshop, type Workshop } from '../../test/workshop.ts';
import { reconcile } from './reconcile.ts';
import { retire } from './retire.ts';

const waiting = { wait: true, deadline: 900 };

/** Takes web out of the configuration on main. */
async function unconfigure(workshop: Workshop): Promise<void> {
  const config = await workshop.read('gitops.config.yaml');
  await workshop.push({ 'gitops.config.yaml': config.replace('  web: {strategy: rolling}\n', '') });
}

async function commits(workshop: Workshop, branch: string): Promise<string[]> {
  const subjects = await workshop.git('--git-dir', workshop.bare, 'log', '--format=%s', branch);
  return subjects.trim().split('\n');
}

async function folders(workshop: Workshop, branch: string): Promise<string[]> {
  const names = await workshop.git('--git-dir', workshop.bare, 'ls-tree', '--name-only', branch);
  return names.split('\n').filter((name) => name !== '' && name !== 'policy');
}

/** Applications with the workloads that they manage, and Argo CD's deletion of both. */
async function startArgo(workshop: Workshop, ...names: string[]): Promise<TestCluster> {
  const workload = (name: string): string => addressOf.deployment(name, name.replace(/-[^-]*$/, ''));
  const cluster = await startCluster(({ objects }) => {
    for (const [path, { metadata }] of objects) {
      if (metadata?.deletionTimestamp === undefined) continue;
      if (metadata.finalizers?.includes('resources-finalizer.argocd.argoproj.io') === true) {
        objects.delete(workload(path.replace(/.*\//, '')));
      }
      objects.delete(path);
    }
  });
  onTestFinished(cluster.stop);
  await workshop.useCluster(cluster.kubeconfig);
  for (const name of names) {
    cluster.objects.set(addressOf.application(name), { metadata: { name } });
    cluster.objects.set(workload(name), { kind: 'Deployment' });
  }
  return cluster;
}

describe('retire', () => {
  it('takes what is no longer configured out of every environment, the last one first, and knows when it is gone', async () => {
    const workshop = await promotedWorkshop();
    const cluster = await startArgo(workshop, 'web-dev', 'web-staging', 'jobs-dev', 'stray-prod');
    const early = await workshop.sluice('retire', 'web', '--no-wait');
    expect(early.code).toBe(3);
    expect(early.stderr).toContain('web is still configured, so the next delivery would bring it back to dev');
    expect(early.stderr).toContain('take web out of gitops.config.yaml on main first');
    expect(await folders(workshop, 'deploy/staging')).toEqual(['web']);

    await unconfigure(workshop);
    const left = await workshop.sluice('status', '--json');
    expect(left.stdout).toContain('no longer configured: pnpm run retire web');

    const context = contextIn(workshop);
    expect(await retire(context, 'web', waiting), context.said()).toBe(0);
    const said = context.said();
    expect(said.indexOf('Retire in staging')).toBeLessThan(said.indexOf('Retire in dev'));
    expect(said).toMatch(/removed: .*ConfigMap\/environment-\w+/);
    expect(said).toMatch(/removed: .*Deployment\/web/);
    expect(said).toContain('namespace web-dev itself stays');
    expect(await commits(workshop, 'deploy/staging')).toEqual(['Retire web in staging', expect.any(String), 'Start']);
    expect(await folders(workshop, 'deploy/dev')).toEqual(['jobs']);
    expect([...cluster.objects.keys()].filter((path) => path.includes('web'))).toEqual([]);
    expect(cluster.objects.has(addressOf.deployment('jobs-dev', 'jobs'))).toBe(true);
    expect(cluster.requests().filter((each) => each.startsWith('DELETE'))).toEqual([
      `DELETE ${addressOf.application('web-staging')}`,
      `DELETE ${addressOf.application('web-dev')}`,
    ]);

    const history = await workshop.sluice('history', 'web', '--json');
    const records = JSON.parse(history.stdout) as { verb: string; environment: string; outcome: { state: string } }[];
    expect(records.slice(0, 2)).toMatchObject([
      { verb: 'retirement', environment: 'dev', outcome: { state: 'retired' } },
      { verb: 'retirement', environment: 'staging', outcome: { state: 'retired' } },
    ]);
    expect((await workshop.sluice('status', '--json')).stdout).not.toContain('"web"');
    expect((await workshop.sluice('retire', 'web')).code).toBe(6);
  });

  it('is finished by reconcile when whoever asked for it is gone, and by asking again', async () => {
    const workshop = await promotedWorkshop();
    await unconfigure(workshop);
    await workshop.record('dev', 'jobs', 'verified');
    await workshop.sluice('retire', 'web', '--no-wait');
    const cluster = await startArgo(workshop, 'web-dev', 'web-staging', 'jobs-staging');
    const status = await workshop.sluice('status');
    expect(status.stdout).toContain('retired, its objects are still to be removed: pnpm run reconcile');

    const again = contextIn(workshop);
    expect(await retire(again, 'web', { ...waiting, env: 'staging' }), again.said()).toBe(0);
    expect([...cluster.objects.keys()].filter((path) => path.includes('web'))).toHaveLength(2);

    const context = contextIn(workshop);
    expect(await reconcile(context, { deadline: 900 }), context.said()).toBe(0);
    expect(context.said()).toContain('followed: web in dev');
    // Nobody has retired jobs in staging: that it is not on the branch removes nothing.
    expect([...cluster.objects.keys()]).toEqual([
      addressOf.application('jobs-staging'),
      addressOf.deployment('jobs-staging', 'jobs'),
    ]);
    expect(await reconcile(contextIn(workshop), { deadline: 900 })).toBe(6);
  });

  it('says what Argo CD left behind, and does not call that retired', async () => {
    const workshop = await promotedWorkshop();
    const cluster = await startArgo(workshop);
    cluster.objects.set(addressOf.deployment('web-staging', 'web'), { kind: 'Deployment' });
    const context = contextIn(workshop);

    expect(await retire(context, 'web', { wait: true, deadline: 5, env: 'staging' }), context.said()).toBe(1);
    expect(context.said()).toContain('timed-out, no end after 5 s: Argo CD has let go of Deployment/web in web');
  });

  it('leaves what comes back alone: the app that a rollback has restored meanwhile', async () => {
    const workshop = await promotedWorkshop();
    const [folder] = [await workshop.git('--git-dir', workshop.bare, 'rev-parse', 'deploy/staging:web')];
    await workshop.sluice('retire', 'web', '--env', 'staging', '--no-wait');
    const back = await workshop.sluice('rollback', 'web', '--env', 'staging', '--no-wait');
    expect(back.code, back.stderr).toBe(0);
    expect(await workshop.git('--git-dir', workshop.bare, 'rev-parse', 'deploy/staging:web')).toBe(folder);

    const cluster = await startArgo(workshop, 'web-staging');
    await reconcile(contextIn(workshop), { deadline: 1 });
    expect(cluster.requests().filter((each) => each.startsWith('DELETE'))).toEqual([]);
  });

  it('never lets auto bring a newer release of what was retired', async () => {
    const workshop = await promotedWorkshop();
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({
      'gitops.config.yaml': config.replace('after: [dev],', 'after: [dev], auto: true,'),
      'services/web/index.js': 'export const answer = 2;\n',
    });
    await workshop.sluice('deliver', '--build-number', '2');
    await workshop.record('dev', 'web', 'verified');
    const auto = await workshop.sluice('reconcile', '--dry-run', '--json');
    expect(JSON.parse(auto.stdout)).toMatchObject({ promoted: ['staging'] });

    await workshop.sluice('retire', 'web', '--env', 'staging', '--no-wait');
    const retired = await workshop.sluice('reconcile', '--dry-run', '--json');
    expect(JSON.parse(retired.stdout)).toMatchObject({ promoted: [] });
    const asked = await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    expect(asked.code, asked.stderr).toBe(0);
  });

  it('asks for a word where data goes, and for the approvals and stops of the environment', async () => {
    const workshop = await promotedWorkshop();
    const overlay = 'apps/web/overlays/staging';
    const kustomization = await workshop.read(`${overlay}/kustomization.yaml`);
    await workshop.push({
      [`${overlay}/kustomization.yaml`]: kustomization.replace('[../../base]', '[../../base, data.yaml]'),
      [`${overlay}/data.yaml`]: 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n',
    });
    await workshop.sluice('reconfigure', 'web', '--env', 'staging', '--no-wait');
    const config = await workshop.read('gitops.config.yaml');
    await workshop.push({
      'gitops.config.yaml': config.replace('{verified: {}}}', '{verified: {}, approvals: {count: 1}}}'),
    });
    const asAnn = async (...args: string[]): Promise<void> => {
      await workshop.git('config', 'user.email', 'ann@example.invalid');
      const approved = await workshop.sluice('approve', ...args);
      expect(approved.code, approved.stderr).toBe(0);
      await workshop.git('config', '--unset', 'user.email');
    };
    const ask = (...args: string[]): ReturnType<Workshop['sluice']> =>
      workshop.sluice('retire', 'web', '--env', 'staging', '--no-wait', ...args);

    const blocked = await ask();
    expect(blocked.code).toBe(3);
    expect(blocked.stderr).toContain('gate deletion says fail: removes PersistentVolumeClaim/data');
    expect(blocked.stderr).toContain('add --delete-data');
    expect(blocked.stderr).toContain('pnpm run approve web --to staging --retirement');
    expect(blocked.stderr).toContain('removed: PersistentVolumeClaim/data, ');

    await asAnn('web', '--to', 'staging', '--retirement');
    await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'not yet');
    const held = await ask('--delete-data');
    expect(held.code).toBe(3);
    expect(held.stderr).toContain('gate hold says pending');
    expect(held.stderr).toContain('gate approvals: pass, 1 of 1');
    await unconfigure(workshop);
    await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'now', '--lift');
    const done = await ask('--delete-data');
    expect(done.code, done.stderr).toBe(0);
    expect(await folders(workshop, 'deploy/staging')).toEqual([]);
  });

  it('refuses an app that nobody knows, with the nearest name', async () => {
    const workshop = await promotedWorkshop();
    const refused = await workshop.sluice('retire', 'wob');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('unknown app "wob" (did you mean "web"?)');
  });
});
