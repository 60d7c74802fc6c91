import { expect, it } from 'vitest';
import { edit, pushByHand } from '../../test/by-hand.ts';
import { promotedWorkshop } from '../../test/workshop.ts';

const trailer = (...more: string[]): string =>
  ['Retire', '', 'Verb: retirement', ...more, 'By: Test Person <test@example.invalid>'].join('\n');

it('accepts both files of an app gone by a retirement, and refuses every other deletion', async () => {
  const workshop = await promotedWorkshop();
  const remove = (message?: string, ...paths: string[]): Promise<string> =>
    pushByHand(workshop, 'deploy/staging', () => workshop.git('rm', '-r', '--quiet', ...paths), message);

  expect(await remove('By hand', 'web')).toContain('web/ would be deleted; only pnpm run retire web --env staging');
  expect(await remove(trailer(), 'web/release.yaml')).toContain('web/release.yaml would be deleted');
  expect(
    await pushByHand(
      workshop,
      'deploy/staging',
      async () => {
        await workshop.git('rm', '-r', '--quiet', 'web');
        await edit(workshop, 'web/more.yaml', () => 'kind: Pod\n');
      },
      trailer(),
    ),
  ).toContain('web/more.yaml is no file that a release has');
  expect(
    await pushByHand(workshop, 'deploy/dev', () => workshop.git('rm', '-r', '--quiet', 'jobs'), trailer()),
  ).toContain('jobs: jobs is still configured');
  await workshop.git('checkout', '--quiet', 'main');
  await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'stays');
  expect(await remove(trailer(), 'web')).toContain('web: gate hold says pending');
  expect(await remove(trailer(), 'policy/holds.yaml')).toContain('policy/holds.yaml would be deleted');
  await workshop.git('checkout', '--quiet', 'main');
  await workshop.sluice('hold', 'web', '--env', 'staging', '--reason', 'goes', '--lift');

  expect(await remove(trailer(), 'web')).toBe('accepted');
});

it('refuses to take data away without the word for it, and an app that a later environment still runs', async () => {
  const workshop = await promotedWorkshop();
  const overlay = 'apps/web/overlays/staging';
  const kustomization = await workshop.read(`${overlay}/kustomization.yaml`);
  const config = await workshop.read('gitops.config.yaml');
  await workshop.push({
    [`${overlay}/kustomization.yaml`]: kustomization.replace('[../../base]', '[../../base, data.yaml]'),
    [`${overlay}/data.yaml`]: 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\n',
  });
  await workshop.sluice('reconfigure', 'web', '--env', 'staging', '--no-wait');
  await workshop.push({ 'gitops.config.yaml': config.replace('  web: {strategy: rolling}\n', '') });
  const remove = (branch: string, message: string): Promise<string> =>
    pushByHand(workshop, branch, () => workshop.git('rm', '-r', '--quiet', 'web'), message);

  expect(await remove('deploy/dev', trailer())).toContain('web: staging still runs web, and dev comes before');
  expect(await remove('deploy/staging', trailer())).toContain('removes PersistentVolumeClaim/data');
  expect(await remove('deploy/staging', trailer('Allowed: deletion'))).toBe('accepted');
  expect(await remove('deploy/dev', trailer())).toBe('accepted');
});
