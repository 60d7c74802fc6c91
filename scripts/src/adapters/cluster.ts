import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { request as httpRequest } from 'node:http';
import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { KubeConfig } from '@kubernetes/client-node';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { UserError } from '../core/errors.ts';

export type Workload = IRollout | IDeployment;

/** The few questions that the pipeline asks of a cluster. Objects that do not exist are undefined, lists without them empty. */
export interface Cluster {
  application(name: string): Promise<IApplication | undefined>;
  applications(): Promise<IApplication[]>;
  workload(namespace: string, kind: 'Rollout' | 'Deployment', name: string): Promise<Workload | undefined>;
  pods(namespace: string, app: string): Promise<IPod[]>;
  analysisRuns(namespace: string): Promise<IAnalysisRun[]>;
  /** Has Argo CD look at Git now, for one application. */
  refreshApplication(name: string): Promise<void>;
  /** Has the ApplicationSet controller look for new applications now. */
  refreshApplicationSet(name: string): Promise<void>;
}

const argo = '/apis/argoproj.io/v1alpha1';
const mergePatch = 'application/merge-patch+json';

/**
 * The cluster behind a context of the kubeconfig: that file where one is given, else the usual ones ($KUBECONFIG, ~/.kube).
 * Throws UserError where the context does not exist; questions throw UserError where the cluster does not answer.
 */
export async function connectCluster(context: string, argocdNamespace: string, kubeconfig?: string): Promise<Cluster> {
  const hint = kubeconfig === undefined ? 'point KUBECONFIG at one that has the cluster' : 'run pnpm start';
  const file = kubeconfig ?? process.env['KUBECONFIG'];
  // The library takes half a second to load, which a file that is not there is not worth.
  if (file !== undefined && !file.includes(delimiter) && !existsSync(file)) {
    throw new UserError(`the kubeconfig cannot be read: ${file} does not exist`, { hint });
  }
  const { KubeConfig: Config } = await import('@kubernetes/client-node');
  const config = new Config();
  try {
    if (kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfig);
  } catch (error) {
    throw new UserError(`the kubeconfig cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      hint,
      cause: error,
    });
  }
  const contexts = config.getContexts().map((each) => each.name);
  if (!contexts.includes(context)) {
    throw new UserError(`the kubeconfig has no context "${context}"`, {
      hint: `it has: ${contexts.join(', ') || 'none'}; a cluster in gitops.config.yaml is the context of that name`,
    });
  }
  config.setCurrentContext(context);

  const applications = `${argo}/namespaces/${argocdNamespace}/applications`;
  function annotate(path: string, annotations: Record<string, string>): Promise<unknown> {
    return send(config, 'PATCH', path, { metadata: { annotations } });
  }
  return {
    application: (name) => get<IApplication>(config, `${applications}/${name}`),
    applications: () => list<IApplication>(config, applications),
    workload(namespace, kind, name) {
      const group = kind === 'Rollout' ? argo : '/apis/apps/v1';
      return get<Workload>(config, `${group}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`);
    },
    pods: (namespace, app) =>
      list<IPod>(
        config,
        `/api/v1/namespaces/${namespace}/pods?labelSelector=app.kubernetes.io/name%3D${encodeURIComponent(app)}`,
      ),
    analysisRuns: (namespace) => list<IAnalysisRun>(config, `${argo}/namespaces/${namespace}/analysisruns`),
    async refreshApplication(name) {
      await annotate(`${applications}/${name}`, { 'argocd.argoproj.io/refresh': 'normal' });
    },
    async refreshApplicationSet(name) {
      const path = `${argo}/namespaces/${argocdNamespace}/applicationsets/${name}`;
      await annotate(path, { 'argocd.argoproj.io/application-set-refresh': 'true' });
    },
  };
}

async function get<T>(config: KubeConfig, path: string): Promise<T | undefined> {
  return (await send(config, 'GET', path)) as T | undefined;
}

async function list<T>(config: KubeConfig, path: string): Promise<T[]> {
  return ((await send(config, 'GET', path)) as { items: T[] } | undefined)?.items ?? [];
}

/** Sends one request; gives the parsed answer, or undefined for 404. */
async function send(config: KubeConfig, method: string, path: string, body?: unknown): Promise<unknown> {
  const server = config.getCurrentCluster()?.server ?? '';
  const url = new URL(path, server);
  const headers = { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': mergePatch }) };
  const options: RequestOptions = { method, timeout: 10_000, headers };
  await config.applyToHTTPSOptions(options);
  const { status, text } = await exchange(url, options, body === undefined ? undefined : JSON.stringify(body));
  if (status === 404) return undefined;
  if (status >= 300) {
    throw new UserError(`the cluster at ${server} answered ${status} for ${path}: ${firstMessage(text)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(`what answers at ${server} for ${path} is no Kubernetes API: ${text.slice(0, 80)}`, {
      exit: 'unknown',
    });
  }
}

function exchange(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    function fail(error: Error): void {
      reject(
        new UserError(`the cluster does not answer at ${url.origin}: ${error.message}`, {
          exit: 'unknown',
          cause: error,
        }),
      );
    }
    const sent = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    sent.on('error', fail);
    sent.on('timeout', () => sent.destroy(new Error('no answer within 10 s')));
    sent.end(body);
  });
}

function firstMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}
