import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { UserError } from '../core/errors.ts';
import { get, list, send } from './kubernetes-api.ts';

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
  /** Has Argo CD delete an application with all that it manages; the answer does not wait for that. */
  deleteApplication(name: string): Promise<void>;
  /**
   * Ends the sync that is under way, as `argocd app terminate-op` does; false where the application is no longer as given.
   * Applications have no status subresource, so this is a write like any other.
   */
  terminateSync(application: IApplication): Promise<boolean>;
  /** Has the ApplicationSet controller look for new applications now. */
  refreshApplicationSet(name: string): Promise<void>;
}

const argo = '/apis/argoproj.io/v1alpha1';

/** With it Argo CD deletes what an application manages before the application itself is gone. */
const cascade = 'resources-finalizer.argocd.argoproj.io';

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
    async deleteApplication(name) {
      await send(config, 'PATCH', `${applications}/${name}`, { metadata: { finalizers: [cascade] } });
      await send(config, 'DELETE', `${applications}/${name}`);
    },
    async terminateSync({ metadata }) {
      const patch = {
        metadata: { resourceVersion: metadata?.resourceVersion },
        status: { operationState: { phase: 'Terminating' } },
      };
      return (await send(config, 'PATCH', `${applications}/${metadata?.name ?? ''}`, patch)) !== undefined;
    },
    async refreshApplicationSet(name) {
      const path = `${argo}/namespaces/${argocdNamespace}/applicationsets/${name}`;
      await annotate(path, { 'argocd.argoproj.io/application-set-refresh': 'true' });
    },
  };
}
