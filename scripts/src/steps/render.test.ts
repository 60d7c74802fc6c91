import { expect, it } from 'vitest';
import { releaseOf } from '../../test/release.ts';
import { snapshotWith } from '../../test/snapshot.ts';
import { template } from '../../test/template.ts';
import { parseConfig } from '../core/config.ts';
import type { ReleaseFile } from '../core/release-file.ts';
import { renderRelease, renderReleases } from './render.ts';

const files = template();
const main = snapshotWith(files);
const config = parseConfig(files['gitops.config.yaml']?.replace('REGISTRY', 'localhost') ?? '');

function release(app: string, environment: string, namespace = `${app}-${environment}`): Omit<ReleaseFile, 'intent'> {
  const { revision } = main;
  const revisions = { imageRevision: revision, manifestRevision: revision, overlayRevision: revision };
  return releaseOf('0', {
    app,
    environment,
    cluster: 'nonprod',
    namespace,
    image: `ghcr.io/acme/${app}`,
    ...revisions,
  });
}

const sources = (): Promise<typeof main> => Promise.resolve(main);

async function oneByOne(releases: readonly Omit<ReleaseFile, 'intent'>[]): Promise<string[]> {
  return Promise.all(releases.map((each) => renderRelease(config, each, sources, undefined)));
}

async function together(releases: readonly Omit<ReleaseFile, 'intent'>[]): Promise<string[]> {
  return renderReleases(
    config,
    releases.map((each) => ({ release: each, replaced: undefined })),
    sources,
  );
}

it('renders many releases byte for byte as one by one', async () => {
  const releases = ['dev', 'staging', 'prod'].flatMap((each) => [release('web', each), release('jobs', each)]);
  const rendered = await together(releases);

  expect(rendered).toEqual(await oneByOne(releases));
  expect(new Set(rendered).size).toBe(6);
});

it('renders releases that cannot stand in one build, such as equal names in one namespace', async () => {
  const same = [release('web', 'dev', 'shared'), release('web', 'staging', 'shared')];
  const releases = [...same, release('jobs', 'dev'), release('jobs', 'staging')];

  expect(await together(releases)).toEqual(await oneByOne(releases));
});

it('fails with what kustomize says of the release that is wrong', async () => {
  const releases = [release('web', 'dev'), release('jobs', 'dev'), release('jobs', 'nowhere'), release('web', 'prod')];

  await expect(together(releases)).rejects.toThrow(/overlays\/nowhere/);
});

it('says of every release that is wrong what is', async () => {
  const releases = [release('web', 'nowhere'), release('jobs', 'dev'), release('jobs', 'nowhere')];

  await expect(together(releases)).rejects.toThrow(
    /^2 releases cannot be rendered\n.*apps\/web\/overlays\/nowhere.*\n.*apps\/jobs\/overlays\/nowhere/,
  );
});
