import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { UserError } from '../core/errors.ts';
import type { Workload, WorkloadKind } from '../core/outcome/workload.ts';
import { get, inNamespace, list, patch, read, remove } from './kubernetes-api.ts';

/** The few questions that the pipeline asks of a cluster. Objects that do not exist are undefined, lists without them empty. */
export interface Cluster {
  application(name: string): Promise<IApplication | undefined>;
  applications(): Promise<IApplication[]>;
  /** Where people reach Argo CD, as its own settings say; undefined where they do not. */
  argocdUrl(): Promise<string | undefined>;
  workload(namespace: string, kind: WorkloadKind, name: string): Promise<Workload | undefined>;
  /** The pods with some labels, in the words of the API. */
  pods(namespace: string, selector: string): Promise<IPod[]>;
  analysisRuns(namespace: string): Promise<IAnalysisRun[]>;
  /** What went wrong in a namespace lately. */
  warnings(namespace: string): Promise<IEvent[]>;
  /** The last lines of a container's log, of the run before the one now where `previous`; undefined where there is none. */
  log(
    where: { namespace: string; pod: string; container: string; previous: boolean },
    lines: number,
  ): Promise<string | undefined>;
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

const core = '/api/v1';
const argo = '/apis/argoproj.io/v1alpha1';
const groups: Readonly<Record<WorkloadKind, string>> = {
  Rollout: argo,
  Deployment: '/apis/apps/v1',
  StatefulSet: '/apis/apps/v1',
  DaemonSet: '/apis/apps/v1',
  Job: '/apis/batch/v1',
  CronJob: '/apis/batch/v1',
};
/** What a pod finds its cluster by. */
const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount/token';
/** More of a log than is ever shown, and no more than that of one container whose lines have no end. */
const logBytes = 65_536;

/** With it Argo CD deletes what an application manages before the application itself is gone. */
const cascade = 'resources-finalizer.argocd.argoproj.io';

/**
 * The cluster behind a context of the kubeconfig: that file where one is given, else the usual ones ($KUBECONFIG, ~/.kube).
 * Throws UserError where the context does not exist; questions throw UserError where the cluster does not answer.
 */
export async function connectCluster(context: string, argocdNamespace: string, kubeconfig?: string): Promise<Cluster> {
  const hint = kubeconfig === undefined ? 'point KUBECONFIG at one that has the cluster' : 'run pnpm start';
  // The library takes half a second to load, which a file that is not there is not worth.
  const files = (kubeconfig ?? process.env['KUBECONFIG'] ?? join(homedir(), '.kube', 'config')).split(delimiter);
  if (!files.some((file) => existsSync(file)) && !existsSync(serviceAccount)) {
    throw new UserError(`the kubeconfig cannot be read: ${files.join(', ')} does not exist`, { hint });
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

  const applications = inNamespace(argo, argocdNamespace, 'applications');
  const application = (name: string): string => inNamespace(argo, argocdNamespace, 'applications', name);
  function annotate(path: string, annotations: Record<string, string>): Promise<unknown> {
    return patch(config, path, { metadata: { annotations } });
  }
  return {
    application: (name) => get<IApplication>(config, application(name)),
    applications: () => list<IApplication>(config, applications),
    async argocdUrl() {
      const path = inNamespace(core, argocdNamespace, 'configmaps', 'argocd-cm');
      const url = (await get<IConfigMap>(config, path))?.data?.['url'];
      return url !== undefined && /^https?:\/\//.test(url) ? url.replace(/\/+$/, '') : undefined;
    },
    workload: (namespace, kind, name) =>
      get<Workload>(config, inNamespace(groups[kind], namespace, `${kind.toLowerCase()}s`, name)),
    pods: (namespace, selector) =>
      list<IPod>(config, `${inNamespace(core, namespace, 'pods')}?labelSelector=${encodeURIComponent(selector)}`),
    analysisRuns: (namespace) => list<IAnalysisRun>(config, inNamespace(argo, namespace, 'analysisruns')),
    warnings: (namespace) =>
      list<IEvent>(config, `${inNamespace(core, namespace, 'events')}?fieldSelector=type%3DWarning`),
    log({ namespace, pod, container, previous }, lines) {
      const query = new URLSearchParams({
        container,
        previous: String(previous),
        tailLines: String(lines),
        limitBytes: String(logBytes),
      });
      return read(config, `${inNamespace(core, namespace, 'pods', pod, 'log')}?${query.toString()}`);
    },
    async refreshApplication(name) {
      await annotate(application(name), { 'argocd.argoproj.io/refresh': 'normal' });
    },
    async deleteApplication(name) {
      await patch(config, application(name), { metadata: { finalizers: [cascade] } });
      await remove(config, application(name));
    },
    terminateSync: ({ metadata }) =>
      patch(config, application(metadata?.name ?? ''), {
        metadata: { resourceVersion: metadata?.resourceVersion },
        status: { operationState: { phase: 'Terminating' } },
      }),
    async refreshApplicationSet(name) {
      const path = inNamespace(argo, argocdNamespace, 'applicationsets', name);
      await annotate(path, { 'argocd.argoproj.io/application-set-refresh': 'true' });
    },
  };
}
