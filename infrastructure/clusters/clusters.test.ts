import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findBinaries, startApiServer } from '@sluice/apiserver';
import { ensureFiles, stateFolder } from '@sluice/toolchain';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse, parseDocument } from 'yaml';
import type { KubernetesObject } from '@sluice/apiserver';
import { buildKustomization, root } from '../test/kustomize.ts';
import { until } from '../test/until.ts';

interface Source {
  repoURL: string;
  targetRevision: string;
  chart?: string;
  path?: string;
  ref?: string;
  helm?: { valueFiles: string[] };
}

interface Application {
  metadata: { name: string; annotations: Record<string, string> };
  spec: { sources: Source[]; destination: { name: string } };
}

const here = 'infrastructure/clusters';
const clusters = readdirSync(join(root, here), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const text = (path: string): string => readFileSync(join(root, path), 'utf8');
const project = parse(text('argocd/projects/infrastructure.yaml')) as { spec: { sourceRepos: string[] } };

/** Also of what is off, since a line turns it on. */
function applicationsOf(cluster: string): Application[] {
  return readdirSync(join(root, here, cluster))
    .filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml')
    .map((file) => parse(text(`${here}/${cluster}/${file}`)) as Application);
}

describe.for(clusters)('the cluster %s', (cluster) => {
  it('lists every component that it has a file for, on or off', () => {
    const listed = text(`${here}/${cluster}/kustomization.yaml`).match(/(?<=^ {2}(?:# )?- )[\w-]+(?=\.yaml)/gm);

    expect(listed?.toSorted()).toEqual(
      applicationsOf(cluster)
        .map(({ metadata }) => metadata.name)
        .toSorted(),
    );
  });

  it('names an exact version of every chart, from a repository that the project allows', () => {
    const sources = applicationsOf(cluster).flatMap(({ spec }) => spec.sources);

    for (const { repoURL } of sources) expect(project.spec.sourceRepos).toContain(repoURL);
    for (const { chart, targetRevision } of sources.filter((each) => each.chart !== undefined)) {
      expect(targetRevision, chart).toMatch(/^v?\d+\.\d+\.\d+$/);
    }
  });

  it('has the values of every chart, which are YAML', () => {
    const files = applicationsOf(cluster).flatMap(({ spec }) =>
      spec.sources.flatMap(({ helm }) => helm?.valueFiles ?? []),
    );
    const paths = files.map((file) => file.replace('$repository/', ''));

    for (const path of paths.filter((each) => !each.startsWith(here)))
      expect(existsSync(join(root, path)), path).toBe(true);
    for (const path of paths.filter((each) => existsSync(join(root, each)))) {
      expect(parseDocument(text(path)).errors, path).toEqual([]);
    }
  });

  it('says something to no chart that it does not have', () => {
    const charts = applicationsOf(cluster).map(({ metadata }) => `${metadata.name}.yaml`);

    for (const file of globSync(join(root, here, cluster, 'values/*')))
      expect(charts).toContain(file.split('/').at(-1));
  });

  it('renders every folder of its own', { timeout: 60_000 }, async () => {
    const paths = applicationsOf(cluster).flatMap(({ spec }) =>
      spec.sources.filter(({ ref, path }) => ref !== undefined && path !== undefined).map(({ path }) => path ?? ''),
    );

    for (const path of paths) expect((await buildKustomization(path)).length, path).toBeGreaterThan(0);
  });

  it('sends everything to itself, and nothing to where the settings were forgotten', async () => {
    const applications = (await buildKustomization(`${here}/${cluster}`)) as unknown as Application[];

    expect(new Set(applications.map(({ spec }) => spec.destination.name))).toEqual(new Set([cluster]));
    expect(JSON.stringify(applications)).not.toContain('from-settings');
  });
});

it('every component has a README', () => {
  const folders = readdirSync(join(root, 'infrastructure'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !['clusters', 'local', 'test'].includes(entry.name))
    .map(({ name }) => name);

  expect(folders.filter((name) => !existsSync(join(root, 'infrastructure', name, 'README.md')))).toEqual([]);
});

it('Argo CD knows every field of the applications, projects and sets', { timeout: 120_000 }, async ({ skip }) => {
  const found = await findBinaries(root, process.env);
  skip('missing' in found, 'missing' in found ? found.missing : '');
  const server = await startApiServer('binaries' in found ? found.binaries : { etcd: '', 'kube-apiserver': '' });
  onTestFinished(() => server.stop());
  const files = await ensureFiles('argocd', { root, state: stateFolder(process.env), env: process.env });
  const definitions = ['application', 'applicationset', 'appproject'].map((name) => `manifests/crds/${name}-crd.yaml`);
  for (const file of definitions) {
    await server.apply(parse(readFileSync(join(files ?? '', file), 'utf8')) as KubernetesObject);
  }
  await until(async () => {
    const { body } = await server.request('GET', '/apis/argoproj.io/v1alpha1');
    return ((body['resources'] ?? []) as object[]).length >= definitions.length;
  });
  await server.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'argocd' } });

  const folders = [...clusters.map((name) => `${here}/${name}`), 'argocd/projects', 'argocd/applicationsets'];
  for (const object of (await Promise.all(folders.map(buildKustomization))).flat()) {
    const { status, body } = await server.create(object, { dryRun: true });
    expect(status, `${object.kind} ${object.metadata.name}: ${body.message}`).toBe(201);
  }
});
