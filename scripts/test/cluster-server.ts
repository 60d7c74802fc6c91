import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IPod } from 'kubernetes-models/v1/Pod';

/** What a cluster says of an app that is a Deployment with one pod. */
export interface AppInCluster {
  app: string;
  environment: string;
  image: string;
  /** What Argo CD has synced. */
  revision: string;
  health: 'Healthy' | 'Progressing' | 'Degraded' | 'Unknown';
  /** Since when, ISO 8601. */
  since: string;
}

export interface TestCluster {
  /** A kubeconfig with the contexts `nonprod` and `prod`, both this one. */
  kubeconfig: string;
  set(state: AppInCluster): void;
  /** Method and path of every request. */
  requests(): string[];
  stop(): Promise<void>;
}

/** The few calls of the Kubernetes API that the pipeline uses, over plain HTTP. */
export async function startCluster(): Promise<TestCluster> {
  const objects = new Map<string, unknown>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    requests.push(`${request.method} ${path}`);
    const found = objects.get(path) ?? (path.endsWith('s') ? { items: [] } : undefined);
    const status = found === undefined ? 404 : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(found ?? {}));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    kubeconfig: kubeconfig(address),
    set(state) {
      const { app, environment } = state;
      const namespace = `${app}-${environment}`;
      objects.set(`/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${namespace}`, application(state));
      objects.set(`/apis/apps/v1/namespaces/${namespace}/deployments/${app}`, deployment(state));
      objects.set(`/api/v1/namespaces/${namespace}/pods`, { items: [pod(state)] });
    },
    requests: () => [...requests],
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function application({ app, environment, revision, health, since }: AppInCluster): IApplication {
  const repository = { repoURL: 'https://git.invalid/', path: app, targetRevision: `deploy/${environment}` };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: `${app}-${environment}`, namespace: 'argocd' },
    spec: { project: 'apps', destination: {}, source: repository },
    status: {
      health: { status: health, lastTransitionTime: since },
      sync: { status: 'Synced', revision, comparedTo: { destination: {}, source: repository } },
    },
  };
}

function deployment({ app, image, health }: AppInCluster): IDeployment {
  const labels = { 'app.kubernetes.io/name': app };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, generation: 1 },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } },
    },
    status: {
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: health === 'Healthy' ? 1 : 0,
    },
  };
}

function pod({ app, image }: AppInCluster): IPod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `${app}-1` },
    spec: { containers: [{ name: 'app', image }] },
    status: { phase: 'Running' },
  };
}

function kubeconfig(server: string): string {
  const names = ['nonprod', 'prod'];
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    // The client speaks plain HTTP only where nothing is verified anyway.
    clusters: names.map((name) => ({ name, cluster: { server, 'insecure-skip-tls-verify': true } })),
    users: [{ name: 'test', user: {} }],
    contexts: names.map((name) => ({ name, context: { cluster: name, user: 'test' } })),
    'current-context': 'nonprod',
  });
}
