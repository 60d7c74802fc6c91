import { execFileSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { loadAll } from 'js-yaml';
import { schemaTable, type CustomResourceDefinition, type OpenApi } from './src/core/validate/schema-table.ts';

/**
 * Writes what every kind may hold: `kubectl get --raw /openapi/v2 | pnpm --filter @sluice/scripts run kubernetes-schemas`,
 * after the pinned version of Kubernetes or of one of these has changed. Needs Go; the modules stay in the user's cache folder.
 */
const modules = {
  'github.com/argoproj/argo-cd/v3@v3.2.11': 'manifests/crds/*-crd.yaml',
  'github.com/argoproj/argo-rollouts@v1.10.1': 'manifests/crds/*-crd.yaml',
  'github.com/traefik/traefik/v3@v3.6.12':
    'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml',
  'github.com/external-secrets/external-secrets@v1.3.2': 'config/crds/bases/external-secrets.io_*.yaml',
  'github.com/cert-manager/cert-manager@v1.21.2': 'deploy/crds/*.yaml',
  'github.com/kedacore/keda/v2@v2.20.2': 'config/crd/bases/keda.sh_*.yaml',
  'github.com/bitnami-labs/sealed-secrets@v0.39.1': 'helm/sealed-secrets/crds/*.yaml',
  'github.com/vmware-tanzu/velero@v1.18.1': 'config/crd/v1/bases/*.yaml',
  'github.com/kyverno/kyverno@v1.19.1': 'config/crds/policies.kyverno.io/*.yaml',
  'github.com/aws/karpenter-provider-aws@v1.14.0': 'pkg/apis/crds/*.yaml',
  'sigs.k8s.io/gateway-api@v1.4.1': 'config/crd/standard/*.yaml',
  'github.com/kubernetes-csi/external-snapshotter/client/v8@v8.4.0': 'config/crd/snapshot.storage.k8s.io_*.yaml',
};

const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice-kubernetes-schemas');
mkdirSync(cache, { recursive: true });

function folderOf(module: string): string {
  const env = { ...process.env, GOMODCACHE: process.env['GOMODCACHE'] ?? join(cache, 'mod'), GOFLAGS: '-mod=mod' };
  const said = execFileSync('go', ['mod', 'download', '-json', module], { cwd: cache, env, encoding: 'utf8' });
  return (JSON.parse(said) as { Dir: string }).Dir;
}

const api = (await json(process.stdin)) as OpenApi;
const crds = Object.entries(modules).flatMap(([module, files]) =>
  globSync(join(folderOf(module), files))
    .toSorted()
    .flatMap((file) => loadAll(readFileSync(file, 'utf8')) as { kind?: string }[])
    .filter((each) => each?.kind === 'CustomResourceDefinition'),
) as unknown as CustomResourceDefinition[];
const from = [`Kubernetes ${api.info?.version ?? ''}`, ...Object.keys(modules)];
const { kinds, schemas } = schemaTable(from, api, crds);
const lines = schemas.map((each) => JSON.stringify(each)).join(',\n');
const file = new URL('src/core/validate/schemas.json', import.meta.url);
writeFileSync(file, `{"from":${JSON.stringify(from)},\n"kinds":${JSON.stringify(kinds)},\n"schemas":[\n${lines}\n]}\n`);
