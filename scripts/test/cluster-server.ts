import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { createServer, type IncomingMessage } from 'node:http';
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
  /** The Deployment has given up. */
  stuck?: boolean | undefined;
}

/** As much of an object as the pipeline writes to. */
export interface KubernetesObject {
  metadata?: { finalizers?: string[]; deletionTimestamp?: string; resourceVersion?: string; [key: string]: unknown };
  [key: string]: unknown;
}

export interface TestCluster {
  /** A kubeconfig with the contexts `nonprod` and `prod`, both this one. */
  kubeconfig: string;
  /** Objects by the path of their address. */
  objects: Map<string, KubernetesObject>;
  set(state: AppInCluster): void;
  /** Method and path of every request. */
  requests(): string[];
  /** Method, path and body of those that write. */
  writes(): string[];
  stop(): Promise<void>;
}

/** The addresses that objects of an app have. */
export const addressOf = {
  application: (name: string): string => `/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/${name}`,
  deployment: (namespace: string, app: string): string => `/apis/apps/v1/namespaces/${namespace}/deployments/${app}`,
};

/**
 * The few calls of the Kubernetes API that the pipeline uses, over plain HTTP: objects are read, changed by merge patches,
 * and deleted once they have no finalizer. `controllers` do what others in the cluster would, before each answer.
 */
export async function startCluster(
  controllers: (cluster: TestCluster) => void | Promise<void> = () => {},
): Promise<TestCluster> {
  const objects = new Map<string, KubernetesObject>();
  const requests: string[] = [];
  const writes: string[] = [];
  const server = createServer((request, response) => {
    const end = (status: number, body: unknown): unknown => response.writeHead(status).end(JSON.stringify(body ?? {}));
    answer(request).then(
      (found) => end(typeof found === 'number' ? found : found === undefined ? 404 : 200, found),
      (error: unknown) => end(500, { message: String(error) }),
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const cluster: TestCluster = {
    kubeconfig: kubeconfig(address),
    objects,
    set(state) {
      const { app, environment } = state;
      const namespace = `${app}-${environment}`;
      const known: [string, object][] = [
        [addressOf.application(namespace), application(state)],
        [addressOf.deployment(namespace, app), deployment(state)],
        [`/api/v1/namespaces/${namespace}/pods/${app}-1`, pod(state)],
      ];
      for (const [path, object] of known) objects.set(path, object as KubernetesObject);
    },
    requests: () => [...requests],
    writes: () => [...writes],
    async stop() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };

  async function answer(request: IncomingMessage): Promise<unknown> {
    const path = (request.url ?? '').split('?')[0] ?? '';
    requests.push(`${request.method} ${path}`);
    const body = await readBody(request);
    const object = objects.get(path);
    if (request.method !== 'GET') writes.push(`${request.method} ${path} ${JSON.stringify(body ?? {})}`);
    if (object !== undefined && request.method === 'PATCH') {
      if (isOutdated(object, body as KubernetesObject)) return 409;
      objects.set(path, merge(object, body) as KubernetesObject);
    }
    if (object !== undefined && request.method === 'DELETE') {
      if ((object.metadata?.finalizers ?? []).length === 0) objects.delete(path);
      else object.metadata = { ...object.metadata, deletionTimestamp: new Date().toISOString() };
    }
    await controllers(cluster);
    const items = [...objects].filter(([each]) => each.startsWith(`${path}/`)).map(([, each]) => each);
    const isList = items.length > 0 || /\/(applications|pods|analysisruns)$/.test(path);
    return objects.get(path) ?? object ?? (isList ? { items } : undefined);
  }
  return cluster;
}

/** The patch is for another version of the object. */
function isOutdated({ metadata }: KubernetesObject, patch: KubernetesObject): boolean {
  const wanted = patch.metadata?.resourceVersion;
  return wanted !== undefined && wanted !== metadata?.resourceVersion;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** RFC 7396. */
function merge(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(target as Record<string, unknown> | undefined) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
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

function deployment({ app, image, health, stuck }: AppInCluster): IDeployment {
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
      conditions: stuck === true ? [givenUp] : [],
    },
  };
}

const givenUp = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'not ready' };

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
