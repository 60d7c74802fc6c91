import { expect, it } from 'vitest';
import { snapshotWith } from '../../test/snapshot.ts';
import { template } from '../../test/template.ts';
import { parseConfig } from './config.ts';
import { dueApps } from './due.ts';
import { inputsOf, releaseId } from './inputs.ts';
import type { ReleaseFile } from './release-file.ts';
import type { Snapshot } from './snapshot.ts';
import { readWorkspace } from './workspace.ts';

const files = template();
const config = parseConfig(files['gitops.config.yaml']?.replace('REGISTRY', 'localhost') ?? '');

function snapshotOf(changed: Record<string, string> = {}): Snapshot {
  return snapshotWith({ ...files, ...changed });
}

const start = snapshotOf();
const running = new Map(
  Object.keys(config.apps).map((app) => [
    app,
    {
      app,
      strategy: config.apps[app]?.strategy,
      image: `registry.invalid/acme/${app}`,
      cluster: 'nonprod',
      namespace: `${app}-dev`,
      manifestRevision: start.revision,
      inputs: inputsOf(config, start, readWorkspace(start), app, 'dev'),
    } as ReleaseFile,
  ]),
);

function due(changed: Record<string, string>): string[] {
  const snapshot = snapshotOf(changed);
  const before = new Map([[start.revision, start]]);
  const [quick, whole] = [before, new Map<string, Snapshot>()].map((known) =>
    dueApps(config, snapshot, readWorkspace(snapshot), 'dev', running, known),
  );
  expect(quick).toEqual(whole);
  return (quick ?? []).map((each) => `${each.app}: ${each.because.join(', ')}`);
}

it('finds nothing due where the inputs are those that run', () => {
  expect(due({})).toEqual([]);
});

it.each([
  ['a service', 'services/web/index.js', ['web: code']],
  ['a package, whose dependents are due', 'packages/kit/index.js', ['web: code']],
  ['the lockfile, which every image sees', 'pnpm-lock.yaml', ['web: code', 'jobs: code']],
  ['a base', 'apps/web/base/deployment.yaml', ['web: manifests']],
  [
    'the strategy that both use',
    'apps/components/strategies/rolling/kustomization.yaml',
    ['web: manifests', 'jobs: manifests'],
  ],
  ['the overlay of the first environment', 'apps/web/overlays/dev/kustomization.yaml', ['web: overlay']],
  ['the overlay of another environment, which nothing is due for', 'apps/web/overlays/prod/kustomization.yaml', []],
  ['a file that no app is made of', 'docs/README.md', []],
])('after an edit of %s: %s', (_, path, expected) => {
  expect(due({ [path]: `${files[path] ?? ''}\n# edited\n` })).toEqual(expected);
});

it.each([
  ['registry, which has not got the image', 'registry: registry.invalid/acme', 'registry: other.invalid', 'code', true],
  ['namespace', '"{app}-dev"', '"{app}-lab"', 'overlay', false],
  ['cluster', 'name: dev, cluster: nonprod', 'name: dev, cluster: lab', 'overlay', false],
])('has everything due where it is configured to go to another %s', (_, from, to, because, needsImage) => {
  const moved = parseConfig(files['gitops.config.yaml']?.replace('REGISTRY', 'localhost').replace(from, to) ?? '');

  expect(dueApps(moved, start, readWorkspace(start), 'dev', running, new Map())).toMatchObject([
    { app: 'web', because: [because], needsImage },
    { app: 'jobs', because: [because], needsImage },
  ]);
});

it('reads no kustomization of an app whose folders are those that its release was made of', () => {
  const texts = new Map([...start.texts].map(([path, text]) => [path, path.endsWith('.yaml') ? '{' : text]));
  const broken = { ...start, texts };
  const ask = (before: Map<string, Snapshot>) => dueApps(config, broken, readWorkspace(broken), 'dev', running, before);

  expect(ask(new Map([[start.revision, start]]))).toEqual([]);
  expect(() => ask(new Map())).toThrow('kustomization.yaml is not valid YAML');
});

it('takes an app that is not there yet as new', () => {
  expect(dueApps(config, start, readWorkspace(start), 'dev', new Map(), new Map()).map((each) => each.because)).toEqual(
    [['new'], ['new']],
  );
});

it.each(['components', 'resources', 'bases', 'generators', 'transformers', 'validators'])(
  'counts a folder among the %s of an overlay alone as part of the release',
  (key) => {
    const overlay = 'apps/web/overlays/prod/kustomization.yaml';
    const using = { [overlay]: `${key}: [../../../components/extra]\n` };
    const extra = 'apps/components/extra/kustomization.yaml';
    const before = snapshotOf({ ...using, [extra]: 'kind: Component\n' });
    const after = snapshotOf({ ...using, [extra]: 'kind: Component\n# edited\n' });

    const [first, second] = [before, after].map(
      (each) => inputsOf(config, each, readWorkspace(each), 'web', 'dev').manifests,
    );
    expect(first).not.toBe(second);
  },
);

it('names a release by its digest and its manifests', () => {
  expect(releaseId('sha256:a', 'm')).toMatch(/^[0-9a-f]{12}$/);
  expect(new Set([releaseId('a', 'm'), releaseId('b', 'm'), releaseId('a', 'n')]).size).toBe(3);
});

it('says which folder is missing and of which app', () => {
  const left = Object.entries(files).filter(([path]) => !path.startsWith('apps/web/overlays/dev/'));

  expect(() => inputsOf(config, snapshotWith(Object.fromEntries(left)), new Map(), 'web', 'dev')).toThrow(
    'app "web" in dev has no folder apps/web/overlays/dev at aaaaaaaaaaaa',
  );
});

it('names the service that was probably meant', () => {
  const mistyped = { ...config, apps: { ...config.apps, web: { strategy: 'rolling' as const, service: 'wab' } } };

  expect(() => inputsOf(mistyped, start, new Map(), 'web', 'dev')).toThrow(
    'unknown service "wab" of app "web" (did you mean "web"?)',
  );
});
