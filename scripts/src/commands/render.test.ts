import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { deliveredWorkshop, type Workshop } from '../../test/workshop.ts';

async function renderAll(workshop: Workshop): Promise<Record<string, string>> {
  const folder = join(workshop.clone, '../renderings');
  const done = await workshop.sluice('render', '--all', '--out', folder);
  expect(done).toMatchObject({ code: 0, stdout: `6 renderings in ${folder}\n` });
  const files = ['dev', 'staging', 'prod'].flatMap((each) => [`${each}/web.yaml`, `${each}/jobs.yaml`]);
  const texts = await Promise.all(files.map((each) => readFile(join(folder, each), 'utf8')));
  return Object.fromEntries(files.map((file, index) => [file, texts[index] ?? '']));
}

function changed(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(after).filter((file) => before[file] !== after[file]);
}

it('renders every app in every environment, and after an edit what it concerns', async () => {
  const workshop = await deliveredWorkshop();
  const first = await renderAll(workshop);
  expect(first['dev/web.yaml']).toBe(await workshop.manifests('dev', 'web'));
  expect(first['prod/web.yaml']).toContain('namespace: web-prod');

  const base = 'apps/web/base/deployment.yaml';
  await workshop.push({ [base]: (await workshop.read(base)).replace('replicas: 1', 'replicas: 2') });
  const second = await renderAll(workshop);
  expect(changed(first, second)).toEqual(['dev/web.yaml', 'staging/web.yaml', 'prod/web.yaml']);

  const component = 'apps/components/strategies/rolling/kustomization.yaml';
  await workshop.push({
    [component]: (await workshop.read(component)).replace('maxUnavailable: 0', 'maxUnavailable: 1'),
  });
  const third = await renderAll(workshop);
  expect(changed(second, third)).toHaveLength(6);

  const overlay = 'apps/jobs/overlays/prod/kustomization.yaml';
  await workshop.push({ [overlay]: (await workshop.read(overlay)).replace('ENVIRONMENT=prod', 'ENVIRONMENT=other') });
  expect(changed(third, await renderAll(workshop))).toEqual(['prod/jobs.yaml']);
});

it('uses no kept rendering that somebody has changed', async () => {
  const workshop = await deliveredWorkshop();
  const first = await renderAll(workshop);
  const kept = join(workshop.clone, '.git/sluice/renderings');
  const names = await readdir(kept);
  expect(names).toHaveLength(6);
  for (const name of names) {
    const text = await readFile(join(kept, name), 'utf8');
    await writeFile(join(kept, name), text.replaceAll('replicas: 1', 'replicas: 9'));
  }

  expect(await renderAll(workshop)).toEqual(first);
});

it('answers with the same JSON whether or not it writes files', async () => {
  const workshop = await deliveredWorkshop();
  const folder = join(workshop.clone, '../renderings');
  for (const what of [['web', '--env', 'dev'], ['--all']]) {
    const printed = await workshop.sluice('render', ...what, '--json');
    const written = await workshop.sluice('render', ...what, '--json', '--out', folder);

    expect(JSON.parse(written.stdout), written.stderr).toEqual(JSON.parse(printed.stdout));
    expect(await readFile(join(folder, 'dev/web.yaml'), 'utf8')).toBe(await workshop.manifests('dev', 'web'));
  }
});

it('prints one app in one environment, and says what is missing', async () => {
  const workshop = await deliveredWorkshop();

  expect((await workshop.sluice('render', 'web', '--env', 'dev')).stdout).toBe(await workshop.manifests('dev', 'web'));
  expect((await workshop.sluice('render', 'web', '--env', 'prod')).stderr).toContain('web has no release in prod');
  expect(await workshop.sluice('render')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no app was named'),
  });
  expect((await workshop.sluice('render', 'web', '--all')).stderr).toContain('both web and --all were named');
  expect((await workshop.sluice('render', 'web')).stderr).toContain('no environment was named');
});

it.each([
  ['renderings', ['render', '--all', '--out']],
  ['a plan', ['promote', 'web', '--to', 'staging', '--plan-out']],
  ['a comparison', ['diff', '--to', 'staging', '--full']],
])('ends with 2 where %s cannot be written, and says what lies there', async (_, command) => {
  const workshop = await deliveredWorkshop();
  await workshop.record('dev', 'web', 'verified');
  const refused = await workshop.sluice(...command, 'gitops.config.yaml/there');

  expect(refused.code, refused.stderr).toBe(2);
  expect(refused.stderr).toMatch(/^error: gitops\.config\.yaml\/there\S* cannot be written: ENOTDIR/m);
  expect(refused.stderr).toContain(`ls -ld ${workshop.clone}/gitops.config.yaml shows what is there`);
});
