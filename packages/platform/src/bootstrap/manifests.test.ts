import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureFiles, ensureTool, stateFolder } from '@sluice/toolchain';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { componentManifests } from './components.ts';
import { planLayout } from './layout.ts';
import { buildManifests, writeLayout } from './manifests.ts';

interface Workload {
  kind: string;
  metadata: { name: string };
  spec: { template: { spec: { containers: Container[]; initContainers?: Container[] } } };
}

interface Container {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
}

const root = join(import.meta.dirname, '../../../..');
const options = { root, state: stateFolder(process.env), env: process.env };
const host = {
  ...options,
  signal: new AbortController().signal,
  tool: (name: string) => ensureTool(name, options),
  files: (name: string) => ensureFiles(name, options),
};

/** The workloads of Argo CD by name, as kustomize renders them with upstream's manifests. */
async function argoCd(localImages: boolean, newName: string): Promise<Map<string, Workload>> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-manifests-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const layout = planLayout(componentManifests.argocd, { image: { newName, newTag: '1.0.0' }, localImages });
  await writeLayout(host, { name: 'argocd', layout, folder });
  const workloads = parseAllDocuments(await buildManifests(host, { folder }))
    .map((document) => document.toJS() as Workload)
    .filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  return new Map(workloads.map((workload) => [workload.metadata.name, workload]));
}

function containers(workload: Workload | undefined): Container[] {
  const { containers: main = [], initContainers = [] } = workload?.spec.template.spec ?? {};
  return [...main, ...initContainers];
}

// Where nothing is cached, kustomize and upstream's manifests are brought first.
describe('Argo CD, rendered', { timeout: 600_000 }, () => {
  it('runs everything from the one image that is built here', async () => {
    const workloads = await argoCd(true, '127.0.0.1:5000/platform/argocd');

    const all = [...workloads.values()].flatMap(containers);
    expect(new Set(all.map(({ image }) => image))).toEqual(new Set(['127.0.0.1:5000/platform/argocd:1.0.0']));
    expect(containers(workloads.get('argocd-redis'))).toMatchObject([{ name: 'redis', command: ['redis-server'] }]);
  });

  it('keeps upstream’s Redis with upstream’s images', async () => {
    const workloads = await argoCd(false, 'quay.io/argoproj/argocd');

    const [redis, ...others] = containers(workloads.get('argocd-redis'));
    expect(redis?.image).toMatch(/^public\.ecr\.aws\/docker\/library\/redis:\d/);
    expect(redis).not.toHaveProperty('command');
    expect(redis?.args).toContain('--requirepass $(REDIS_PASSWORD)');
    expect(others).toEqual([]);
    expect(containers(workloads.get('argocd-server'))[0]?.image).toBe('quay.io/argoproj/argocd:1.0.0');
  });
});
