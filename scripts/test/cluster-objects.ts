import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { IRolloutSpec } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/RolloutSpec';
import type { IRolloutStatus } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/RolloutStatus';
import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IDaemonSetSpec } from 'kubernetes-models/apps/v1/DaemonSetSpec';
import type { IDaemonSetStatus } from 'kubernetes-models/apps/v1/DaemonSetStatus';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IDeploymentSpec } from 'kubernetes-models/apps/v1/DeploymentSpec';
import type { IDeploymentStatus } from 'kubernetes-models/apps/v1/DeploymentStatus';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { IStatefulSetSpec } from 'kubernetes-models/apps/v1/StatefulSetSpec';
import type { IStatefulSetStatus } from 'kubernetes-models/apps/v1/StatefulSetStatus';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IJobSpec } from 'kubernetes-models/batch/v1/JobSpec';
import type { IJobStatus } from 'kubernetes-models/batch/v1/JobStatus';
import type { IContainerStatus } from 'kubernetes-models/v1/ContainerStatus';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { IPod } from 'kubernetes-models/v1/Pod';
import type { OutcomeFacts, WorkloadFacts } from '../src/core/outcome/index.ts';
import type { Workload, WorkloadKind } from '../src/core/outcome/workload.ts';

/** What the landing asked for, and what ran before. */
export const image = `r/web:t@sha256:${'1'.repeat(64)}`;
export const oldImage = `r/web:old@sha256:${'2'.repeat(64)}`;
const template = { spec: { containers: [{ name: 'app', image }] } };
const selector = { matchLabels: { app: 'web' } };
const metadata = { name: 'web', namespace: 'web-dev', generation: 2 };

export const application: IApplication = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'web-dev' },
  spec: { project: 'apps-dev', destination: {} },
  status: { sync: { status: 'Synced' }, health: { status: 'Healthy' } },
};

/** Complete, but for what is given. */
export function deployment(status: Partial<IDeploymentStatus> = {}, spec: Partial<IDeploymentSpec> = {}): IDeployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: { replicas: 2, selector, template, ...spec },
    status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2, ...status },
  };
}

export function statefulSet(
  status: Partial<IStatefulSetStatus> = {},
  spec: Partial<IStatefulSetSpec> = {},
): IStatefulSet {
  const complete = { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: 2 };
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata,
    spec: { replicas: 2, serviceName: 'web', selector, template, ...spec },
    status: { ...complete, currentRevision: 'web-2', updateRevision: 'web-2', ...status },
  };
}

export function daemonSet(status: Partial<IDaemonSetStatus> = {}, spec: Partial<IDaemonSetSpec> = {}): IDaemonSet {
  const nodes = { desiredNumberScheduled: 3, currentNumberScheduled: 3, numberMisscheduled: 0, numberReady: 3 };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: { selector, template, ...spec },
    status: { observedGeneration: 2, ...nodes, updatedNumberScheduled: 3, numberAvailable: 3, ...status },
  };
}

export function job(status: Partial<IJobStatus> = {}, spec: Partial<IJobSpec> = {}): IJob {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata, spec: { template, ...spec }, status };
}

export function cronJob(): ICronJob {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata,
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } },
  };
}

/** Healthy at the pod template `new`, its second, but for what is given. */
export function rollout(
  status: Partial<IRolloutStatus> = {},
  spec: Partial<IRolloutSpec> = {},
  revision = '2',
): IRollout {
  const healthy = { observedGeneration: '2', phase: 'Healthy', currentPodHash: 'new', stableRS: 'new' } as const;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { ...metadata, annotations: { 'rollout.argoproj.io/revision': revision } },
    spec: { replicas: 2, template, ...spec },
    status: { ...healthy, updatedReplicas: 2, replicas: 2, ...status },
  };
}

export function analysis(phase: string, value: string, hash = 'new'): IAnalysisRun {
  const metric = { name: 'success-rate', phase, measurements: [{ phase, value }] };
  return {
    metadata: { labels: { 'rollouts-pod-template-hash': hash } },
    status: { phase, metricResults: [metric] },
  } as unknown as IAnalysisRun;
}

/** A running pod whose one container `app` is in some state. */
export function pod(name: string, container: Partial<IContainerStatus> = {}, its = image): IPod {
  const resources = { limits: { memory: '256Mi' } };
  const status = { name: 'app', image: its, imageID: '', ready: false, restartCount: 0, ...container };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'web-dev' },
    spec: { containers: [{ name: 'app', image: its, resources }] },
    status: { phase: 'Running', containerStatuses: [status] },
  };
}

/** A warning about an object, of which `Kind name` is said. */
export function warning(about: string, reason: string, message: string, lastTimestamp?: string): IEvent {
  const [kind = '', name = ''] = about.split(' ');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.1` },
    involvedObject: { kind, name, ...(kind === 'Pod' ? { fieldPath: 'spec.containers{app}' } : {}) },
    type: 'Warning',
    reason,
    message,
    ...(lastTimestamp === undefined ? {} : { lastTimestamp }),
  };
}

/** A workload that was asked for with this image. */
export function workload(
  live: Workload | undefined,
  change: Partial<WorkloadFacts> = {},
  kind: WorkloadKind = live?.kind ?? 'Deployment',
): WorkloadFacts {
  const wanted = { kind, name: 'web', namespace: 'web-dev', images: [image] };
  return { wanted, live, pods: [], analysisRuns: [], ...change };
}

/** A Job that was asked for with this image and that the sync waits for. */
export function hook(live: IJob | undefined, change: Partial<WorkloadFacts> = {}): WorkloadFacts {
  const facts = workload(live, change, 'Job');
  return { ...facts, wanted: { ...facts.wanted, name: 'web-migrate', hook: true } };
}

/** Synced, with these workloads. */
export function facts(workloads: readonly WorkloadFacts[], change: Partial<OutcomeFacts> = {}): OutcomeFacts {
  return { application, compared: 'landed', operated: 'landed', workloads, events: [], ...change };
}
