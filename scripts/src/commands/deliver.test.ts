import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { pushByHand } from '../../test/by-hand.ts';
import { startCluster } from '../../test/cluster-server.ts';
import { contextIn } from '../../test/context.ts';
import { createWorkshop, deliveredWorkshop, type Workshop } from '../../test/workshop.ts';
import { deliver } from './deliver.ts';

const failing = { 'packages/kit/index.js': 'export const kit = ;\n' };

describe('deliver', () => {
  it('tests, builds and lands every app that is new, in one commit, tagged by commit and build number', async () => {
    const workshop = await createWorkshop();
    const delivered = await workshop.sluice('deliver', '--build-number', '7');
    const web = await workshop.release('dev', 'web');
    const commit = (await workshop.git('rev-parse', 'HEAD')).trim();

    expect(delivered.code, delivered.stderr).toBe(5);
    expect(delivered.stderr).toContain('the kubeconfig cannot be read');
    expect(web).toMatchObject({
      app: 'web',
      environment: 'dev',
      namespace: 'web-dev',
      tag: `${commit.slice(0, 12)}-7`,
      imageRevision: commit,
    });
    expect(await workshop.manifests('dev', 'web')).toContain(
      `image: ${workshop.registry.host}/web:${web.tag}@${web.digest}`,
    );
    expect((await workshop.git('--git-dir', workshop.bare, 'rev-list', '--count', 'deploy/dev')).trim()).toBe('2');
  });

  it('has nothing to do the second time, and ends with 6', async () => {
    const workshop = await deliveredWorkshop();
    const again = await workshop.sluice('deliver');

    expect(again.code).toBe(6);
    expect(again.stderr).toContain('dev already runs everything');
  });

  it('stops what depends on a failing test before any image exists, delivers the others, and ends with 1', async () => {
    const workshop = await createWorkshop((files) => Object.assign(files, failing));
    const delivered = await workshop.sluice('deliver', '--json');
    const again = await workshop.sluice('deliver', '--json');

    expect(delivered.code).toBe(1);
    const notDelivered = { web: expect.stringContaining('the tests of packages/kit fail') };
    expect(JSON.parse(delivered.stdout)).toMatchObject({ plan: { verb: 'delivery' }, notDelivered });
    expect(JSON.parse(again.stdout)).toMatchObject({ plan: null, landing: null, notDelivered });
    expect(delivered.stderr).toContain('web: not delivered, the tests of packages/kit fail');
    expect(delivered.stderr).toContain('SyntaxError');
    expect(await workshop.release('dev', 'jobs')).toMatchObject({ app: 'jobs' });
    await expect(workshop.release('dev', 'web')).rejects.toThrow('web/release.yaml');
    expect(await leftOf(workshop, 'web')).toEqual([]);
  });

  it('delivers what a failed run left behind with the next push', async () => {
    const workshop = await createWorkshop((files) => Object.assign(files, failing));
    await workshop.sluice('deliver');
    await workshop.push({ 'packages/kit/index.js': 'export const kit = 2;\n' });
    const delivered = await workshop.sluice('deliver');

    expect(delivered.stderr).toContain('Due in dev');
    expect(await workshop.release('dev', 'web')).toMatchObject({ app: 'web' });
  });

  it('leaves out what runs something newer already, and ends with 4, unless main itself was set back', async () => {
    const workshop = await deliveredWorkshop();
    const old = (await workshop.git('rev-parse', 'HEAD')).trim();
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    const newer = await workshop.release('dev', 'web');
    await workshop.git('reset', '--hard', old);
    const overtaken = await workshop.sluice('deliver', '--json');
    const kept = await workshop.release('dev', 'web');
    await workshop.git('push', '--force', workshop.bare, 'HEAD:main');
    const setBack = await workshop.sluice('deliver', '--dry-run', '--json');

    expect(overtaken.code, overtaken.stderr).toBe(4);
    expect(overtaken.stderr).toContain(`web: left out, it runs ${newer.tag} of ${newer.imageRevision.slice(0, 12)}`);
    expect(JSON.parse(overtaken.stdout)).toMatchObject({
      due: [],
      overtaken: [{ app: 'web', tag: newer.tag, revision: newer.imageRevision }],
    });
    expect(kept).toEqual(newer);
    expect(JSON.parse(setBack.stdout)).toMatchObject({ due: [{ app: 'web', because: ['code'] }], overtaken: [] });
  });

  it('lands what is due beside something that runs newer, and ends with 4', async () => {
    const workshop = await deliveredWorkshop();
    await workshop.record('dev', 'jobs', 'verified');
    const first = await workshop.release('dev', 'jobs');
    const second = await workshop.push({ 'services/jobs/index.js': 'export const answer = 2;\n' });
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    const newer = await workshop.release('dev', 'web');
    const back = await workshop.sluice('rollback', 'jobs', '--env', 'dev', '--to', first.tag, '--no-wait');
    expect(back.code, back.stderr).toBe(0);
    await workshop.sluice('hold', 'jobs', '--env', 'dev', '--lift', '--reason', 'mended');
    await workshop.git('reset', '--hard', second);
    const context = contextIn(workshop);
    const since = context.clock.now().toISOString();
    const cluster = await startCluster(async ({ set }) => {
      const [{ image, digest }, revision] = [await workshop.release('dev', 'jobs'), await workshop.head('deploy/dev')];
      set({ app: 'jobs', environment: 'dev', image: `${image}@${digest}`, revision, health: 'Healthy', since });
    });
    onTestFinished(cluster.stop);
    await workshop.useCluster(cluster.kubeconfig);
    const code = await deliver(context, { buildNumber: 3, deadline: 60 });

    expect(code, context.said()).toBe(4);
    expect(context.said()).toContain(`web: not delivered, it runs ${newer.tag}`);
    expect(context.said()).toContain('landed jobs on dev; not delivered: web');
    expect((await workshop.release('dev', 'jobs')).imageRevision).toBe(second);
    expect(await workshop.release('dev', 'web')).toEqual(newer);
  });

  it('keeps the image of an app whose base alone was edited, as a new release', async () => {
    const workshop = await deliveredWorkshop();
    const before = await workshop.release('dev', 'web');
    const base = await workshop.read('apps/web/base/deployment.yaml');
    await workshop.push({ 'apps/web/base/deployment.yaml': base.replace('replicas: 1', 'replicas: 2') });
    const delivered = await workshop.sluice('deliver', '--build-number', '2');
    const after = await workshop.release('dev', 'web');

    expect(delivered.stderr).toContain('web: manifests (same image)');
    expect(after).toMatchObject({ tag: before.tag, digest: before.digest, imageRevision: before.imageRevision });
    expect(after.release).not.toBe(before.release);
  });

  it('leaves out, with a list, what would lose data or everything, until somebody says that it is meant', async () => {
    const workshop = await deliveredWorkshop();
    const base = 'apps/web/base';
    const overlay = 'apps/jobs/overlays/dev/kustomization.yaml';
    const rendered = await workshop.read(overlay);
    await workshop.push({
      [`${base}/kustomization.yaml`]: 'resources: [deployment.yaml, data.yaml]\n',
      [`${base}/data.yaml`]: 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n',
    });
    await workshop.sluice('deliver', '--build-number', '2');
    const kept = await workshop.head('deploy/dev');
    expect(await workshop.manifests('dev', 'web')).toContain('PersistentVolumeClaim');

    await workshop.push({
      [`${base}/kustomization.yaml`]: 'resources: [deployment.yaml]\n',
      [overlay]: `resources: [../../base]\npatches: [{patch: '{$patch: delete, apiVersion: apps/v1, kind: Deployment, metadata: {name: jobs}}'}]\n`,
    });
    const blocked = await workshop.sluice('deliver', '--build-number', '3');
    expect(blocked.code).toBe(3);
    expect(blocked.stderr).toContain(
      'web: not delivered, gate deletion says fail: removes PersistentVolumeClaim/data\n',
    );
    expect(blocked.stderr).toMatch(/removes 2 of 2 objects: ConfigMap\/environment-\S+, Deployment\/jobs\n/);
    expect(blocked.stderr).toContain('if it is meant: pnpm run deliver --allow-deletion web');
    expect(await workshop.head('deploy/dev')).toBe(kept);

    await workshop.push({ [overlay]: rendered.replace('=dev', '=edited') });
    const partly = await workshop.sluice('deliver', '--build-number', '4');
    // Nobody tells what became of jobs.
    expect(partly.code).toBe(5);
    expect(partly.stdout).toContain('landed jobs on dev; not delivered: web');
    const allowed = await workshop.sluice('deliver', '--build-number', '5', '--allow-deletion', 'web');
    expect(allowed.stderr).toContain('removes PersistentVolumeClaim/data; asked for all the same');
    expect(await workshop.manifests('dev', 'web')).not.toContain('PersistentVolumeClaim');

    const landed = await workshop.head('deploy/dev');
    const refs = ['--git-dir', workshop.bare, 'update-ref', 'refs/heads/deploy/dev'];
    await workshop.git(...refs, `${landed}^`);
    const takeOver = (): Promise<string> => workshop.git('checkout', '--quiet', landed, '--', 'web');
    expect(await pushByHand(workshop, 'deploy/dev', takeOver)).toContain('web: gate deletion says fail');
    expect(await pushByHand(workshop, 'deploy/dev', takeOver, 'By hand\n\nAllowed: deletion')).toBe('accepted');
  });

  it('refuses an unknown app whose deletions would be allowed, with the nearest name', async () => {
    const workshop = await deliveredWorkshop();
    const refused = await workshop.sluice('deliver', '--allow-deletion', 'wob');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('unknown app "wob" (did you mean "web"?)');
  });

  it('refuses a run number that could be no part of a tag, before anything is built', async () => {
    const workshop = await createWorkshop();
    workshop.env['GITHUB_RUN_NUMBER'] = '1; id';
    const before = await workshop.traces();
    const refused = await workshop.sluice('deliver');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('GITHUB_RUN_NUMBER is "1; id", which is no whole number');
    expect(await workshop.traces()).toEqual(before);
  });

  it('says what a Dockerfile got wrong and commits nothing of that app', async () => {
    const workshop = await createWorkshop((files) => {
      files['services/web/Dockerfile'] = 'FROM scratch\nRUN false\n';
    });
    const delivered = await workshop.sluice('deliver');

    expect(delivered.code).toBe(1);
    expect(delivered.stderr).toContain('could not be built from services/web/Dockerfile');
    expect(delivered.stderr).toContain('exit code: 1');
    expect(await leftOf(workshop, 'web')).toEqual([]);
  });

  it('says that the registry is down and commits nothing', async () => {
    const workshop = await createWorkshop();
    const before = await workshop.traces();
    await workshop.registry.stop();
    const delivered = await workshop.sluice('deliver');

    expect(delivered.code).toBe(1);
    expect(delivered.stderr).toContain(`the registry does not answer at ${workshop.registry.host}`);
    expect(await workshop.traces()).toEqual(before);
  });

  it('says which manifest kustomize could not build and delivers the others', async () => {
    const workshop = await createWorkshop((files) => {
      files['apps/web/base/deployment.yaml'] = 'kind: [\n';
    });
    const delivered = await workshop.sluice('deliver');

    expect(delivered.code).toBe(1);
    expect(delivered.stderr).toContain('web: not delivered, kustomize could not build');
    expect(delivered.stderr).toContain('deployment.yaml');
    expect(await workshop.release('dev', 'jobs')).toMatchObject({ app: 'jobs' });
  });

  it('refuses a binary file beside manifests, naming it', async () => {
    const workshop = await createWorkshop();
    await mkdir(join(workshop.clone, 'apps/web/base'), { recursive: true });
    await writeFile(join(workshop.clone, 'apps/web/base/logo.png'), Buffer.from([0x89, 0x50, 0xff, 0xfe]));
    await workshop.push({});
    const before = await workshop.traces();
    const refused = await workshop.sluice('deliver');

    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('apps/web/base/logo.png is not UTF-8 text');
    expect(await workshop.traces()).toEqual(before);
  });

  it('prints what is due and stops with --dry-run', async () => {
    const workshop = await createWorkshop();
    const before = await workshop.traces();
    const planned = await workshop.sluice('deliver', '--dry-run', '--json');

    expect(planned.code).toBe(0);
    expect(JSON.parse(planned.stdout)).toMatchObject({
      environment: 'dev',
      due: [{ app: 'web', because: ['new'] }, { app: 'jobs' }],
    });
    expect(await workshop.traces()).toEqual(before);
  });

  it('refuses an app whose service does not exist with the nearest name, and leaves nothing behind', async () => {
    const workshop = await createWorkshop((files) => {
      files['gitops.config.yaml'] =
        files['gitops.config.yaml']?.replace('web: {strategy: rolling}', 'web: {strategy: rolling, service: wob}') ??
        '';
    });
    const before = await workshop.traces();
    const refused = await workshop.sluice('deliver');

    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('(did you mean "web"?)');
    expect(await workshop.traces()).toEqual(before);
  });
});

/** What there is of an app on dev's branch and in the registry. */
async function leftOf(workshop: Workshop, app: string): Promise<string[]> {
  const files = await workshop.git('--git-dir', workshop.bare, 'ls-tree', '-r', '--name-only', 'deploy/dev', `${app}/`);
  const images = workshop.registry.images().filter((image) => image.startsWith(`${app}/`));
  return [...files.split('\n').filter((line) => line !== ''), ...images];
}
