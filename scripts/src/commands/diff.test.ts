import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deliveredWorkshop, promotedWorkshop, type Workshop } from '../../test/workshop.ts';
import type { Diff } from '../core/diff/compare.ts';

/** A workshop whose staging runs build 1 of web, while dev runs a release with two replicas. */
async function movedOn(): Promise<Workshop> {
  const workshop = await promotedWorkshop();
  const file = 'apps/web/base/deployment.yaml';
  await workshop.push({ [file]: (await workshop.read(file)).replace('replicas: 1', 'replicas: 2') });
  await workshop.sluice('deliver', '--build-number', '2');
  return workshop;
}

async function json(workshop: Workshop, ...args: string[]): Promise<Diff> {
  const finished = await workshop.sluice('diff', ...args, '--json');
  expect(finished.code, finished.stderr).toBe(0);
  return JSON.parse(finished.stdout) as Diff;
}

const replicas = { path: 'spec.replicas', before: 1, after: 2, risk: 'replicas' };

describe('diff', () => {
  it('shows what a promotion would change, and is then what the promotion has changed', async () => {
    const workshop = await movedOn();
    const before = await workshop.traces();
    const planned = await json(workshop, 'web', '--to', 'staging');

    expect(planned.apps).toMatchObject([
      { app: 'web', objects: [{ kind: 'Deployment', name: 'web', change: 'changed' }] },
    ]);
    expect(planned.apps[0]?.objects[0]?.fields).toContainEqual(replicas);
    expect(await workshop.traces()).toEqual(before);

    const head = await workshop.head('deploy/staging');
    await workshop.record('dev', 'web', 'verified');
    await workshop.sluice('promote', 'web', '--to', 'staging', '--no-wait');
    const { release } = await workshop.release('dev', 'web');
    expect((await json(workshop, 'web', '--env', 'staging', '--since', head)).apps).toEqual(planned.apps);
    expect((await json(workshop, 'web', '--to', 'staging')).apps).toEqual([]);
    expect((await json(workshop, 'web', '--env', 'staging', '--since', release)).apps).toEqual([]);
  });

  it('shows all of a first release as added, also of every app where none is named', async () => {
    const workshop = await deliveredWorkshop();
    const { apps } = await json(workshop, '--to', 'staging');

    expect(apps.map(({ app, from }) => [app, from])).toEqual([['jobs', null], ['web', null]]); // prettier-ignore
    expect(new Set(apps.flatMap(({ objects }) => objects.map(({ change }) => change)))).toEqual(new Set(['added']));
  });

  it('compares what two environments run, whatever their namespaces and hashes', async () => {
    const workshop = await movedOn();
    const { apps } = await json(workshop, 'web', '--env', 'dev', '--against', 'staging');

    expect(apps[0]?.objects.map(({ kind, name, change }) => `${kind}/${name} ${change}`)).toEqual([
      'ConfigMap/environment-* changed',
      'Deployment/web changed',
    ]);
    expect(apps[0]?.objects[0]?.fields).toEqual([
      { path: 'data.ENVIRONMENT', before: 'staging', after: 'dev', risk: 'env' },
    ]);
    expect(apps[0]?.objects[1]?.fields).toContainEqual(replicas);
  });

  it('compares with an earlier release by its tag', async () => {
    const workshop = await promotedWorkshop();
    const { tag } = await workshop.release('dev', 'web');
    await workshop.push({ 'services/web/index.js': 'export const answer = 2;\n' });
    await workshop.sluice('deliver', '--build-number', '2');
    const { apps } = await json(workshop, 'web', '--env', 'dev', '--since', tag);

    expect(apps).toMatchObject([{ app: 'web', from: tag, objects: [{ kind: 'Deployment', risk: 'image' }] }]);
  });

  it('prints text without colour, Markdown, and all of the Markdown to a file', async () => {
    const workshop = await movedOn();
    const text = await workshop.sluice('diff', 'web', '--to', 'staging');
    const markdown = await workshop.sluice('diff', 'web', '--to', 'staging', '--markdown', '--full', 'all.md');

    expect(text.stdout).toContain('  ~ Deployment/web changed  ');
    expect(text.stdout).not.toContain('\u001b');
    expect(markdown.stdout).toMatch(/^### What a promotion to staging would change\n/);
    expect(await readFile(join(workshop.clone, 'all.md'), 'utf8')).toBe(markdown.stdout);
  });

  it.each([
    ['nothing to compare with', ['web'], 'it is not said what to compare with what'],
    ['two comparisons at once', ['web', '--to', 'staging', '--env', 'dev'], 'it is not said what to compare with what'],
    ['half a comparison', ['web', '--env', 'dev'], 'it is not said what to compare with what'],
    ['an unknown app', ['wob', '--to', 'staging'], 'unknown app "wob" (did you mean "web"?)'],
    ['an unknown environment', ['web', '--env', 'dev', '--against', 'stagin'], 'unknown environment "stagin"'],
    [
      'an app that is nowhere',
      ['web', '--env', 'staging', '--against', 'prod'],
      'web has no release in prod or staging',
    ],
    ['an unknown release', ['web', '--env', 'dev', '--since', 'x'], 'unknown release "x" of web in dev'],
    ['a commit of another branch', ['--env', 'dev', '--since', 'main'], '"main" is no commit of deploy/dev'],
    ['two forms at once', ['web', '--to', 'staging', '--json', '--markdown'], 'cannot be used with'],
  ])('refuses %s and ends with 2', async (_, args, message) => {
    const workshop = await deliveredWorkshop();
    const refused = await workshop.sluice('diff', ...args);

    expect(refused.stderr).toContain(message);
    expect(refused.code).toBe(2);
  });
});
