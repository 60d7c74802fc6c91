import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { expect, it, onTestFinished } from 'vitest';
import type { IRole } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { parse } from 'yaml';
import { startCluster } from '../../test/cluster-server.ts';
import { temporaryFolder } from '../../test/temporary.ts';
import type { WorkloadKind } from '../core/outcome/workload.ts';
import { connectCluster, type Cluster } from './cluster.ts';

const access = join(import.meta.dirname, '../../../infrastructure/access');
const kinds: Record<WorkloadKind, true> = {
  Rollout: true,
  Deployment: true,
  StatefulSet: true,
  DaemonSet: true,
  Job: true,
  CronJob: true,
};

/** Every question once, as the pipeline asks it. */
const questions: Record<keyof Cluster, (cluster: Cluster) => Promise<unknown>> = {
  application: (cluster) => cluster.application('web-dev'),
  applications: (cluster) => cluster.applications(),
  argocdUrl: (cluster) => cluster.argocdUrl(),
  workload: (cluster) =>
    Promise.all(Object.keys(kinds).map((kind) => cluster.workload('web-dev', kind as WorkloadKind, 'web'))),
  pods: (cluster) => cluster.pods('web-dev', 'a=b'),
  analysisRuns: (cluster) => cluster.analysisRuns('web-dev'),
  warnings: (cluster) => cluster.warnings('web-dev'),
  log: (cluster) => cluster.log({ namespace: 'web-dev', pod: 'web-1', container: 'app', previous: false }, 5),
  refreshApplication: (cluster) => cluster.refreshApplication('web-dev'),
  deleteApplication: (cluster) => cluster.deleteApplication('web-dev'),
  terminateSync: (cluster) => cluster.terminateSync({ metadata: { name: 'web-dev' } } as IApplication),
  refreshApplicationSet: (cluster) => cluster.refreshApplicationSet('apps'),
};

it('asks a cluster for exactly what infrastructure/access lets the pipeline do', async () => {
  const server = await startCluster();
  onTestFinished(() => server.stop());
  const kubeconfig = join(await temporaryFolder(), 'kubeconfig');
  await writeFile(kubeconfig, server.kubeconfig);
  const cluster = await connectCluster('prod', 'argocd', kubeconfig);

  for (const ask of Object.values(questions)) await ask(cluster);

  const granted = [...rights('argocd/role.yaml', 'argocd'), ...rights('clusterrole.yaml', 'web-dev')];
  expect([...new Set(server.requests().map(rightFor))].toSorted()).toEqual(granted.toSorted());
});

/** `get deployments.apps in web-dev`, with the name where only some may be. */
function rightFor(request: string): string {
  const match = /^(\w+) \/(?:api|apis\/([^/]+))\/\w+\/namespaces\/([^/]+)\/(\w+)(?:\/([^/]+))?(?:\/(\w+))?$/.exec(
    request,
  );
  const [, method = '', group = '', namespace, resource, name, sub] = match ?? [];
  const verb = method === 'GET' ? (name === undefined ? 'list' : 'get') : method.toLowerCase();
  const named = resource === 'applicationsets' || resource === 'configmaps' ? ` ${name}` : '';
  return `${verb} ${resource}${sub === undefined ? '' : `/${sub}`}.${group}${named} in ${namespace}`;
}

function rights(file: string, namespace: string): string[] {
  const { rules = [] } = parse(readFileSync(join(access, file), 'utf8')) as IRole;
  return rules.flatMap(({ apiGroups = [], resources = [], resourceNames = [], verbs }) =>
    apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) =>
          (resourceNames.length === 0 ? [''] : resourceNames.map((name) => ` ${name}`)).map(
            (name) => `${verb} ${resource}.${group}${name} in ${namespace}`,
          ),
        ),
      ),
    ),
  );
}
