import { expect, it } from 'vitest';
import { edit, pushByHand } from '../../test/by-hand.ts';
import { secondVersionWorkshop } from '../../test/workshop.ts';

it('accepts an earlier image under what runs with a hold, and refuses imitations', async () => {
  const workshop = await secondVersionWorkshop();
  const before = await workshop.head('deploy/staging');
  const done = await workshop.sluice('rollback', 'web', '--env', 'staging', '--image-only', '--no-wait');
  expect(done.code, done.stderr).toBe(0);
  const show = (path: string): Promise<string> =>
    workshop.git('--git-dir', workshop.bare, 'show', `deploy/staging:${path}`);
  const files = await Promise.all(
    ['web/release.yaml', 'web/manifests.yaml', 'policy/holds.yaml'].map(
      async (path) => [path, await show(path)] as const,
    ),
  );
  // The branch as it was, so that what the command did can be tried by hand, whole and in parts.
  await workshop.git('--git-dir', workshop.bare, 'update-ref', 'refs/heads/deploy/staging', before);
  const attempt = (change: (path: string, text: string) => string | undefined): Promise<string> =>
    pushByHand(workshop, 'deploy/staging', async () => {
      for (const [path, text] of files) {
        const changed = change(path, text);
        if (changed !== undefined) await edit(workshop, path, () => changed);
      }
    });

  expect(await attempt((path, text) => (path.startsWith('policy') ? undefined : text))).toContain(
    'gate order says fail',
  );
  expect(
    await attempt((_, text) => text.replace(/overlayRevision: "[0-9a-f]{12}/, 'overlayRevision: "000000000000')),
  ).toContain('is not on main');
  expect(await attempt((_, text) => text.replace('replicas: 1', 'replicas: 9'))).toContain(
    'web/manifests.yaml is not what its release.yaml renders to',
  );
  expect(await attempt((_, text) => text.replace(/^tag: .*$/m, 'tag: "000000000000-1"'))).toContain(
    'is not what its release.yaml renders to',
  );
  expect(await attempt((_, text) => text)).toBe('accepted');
});
