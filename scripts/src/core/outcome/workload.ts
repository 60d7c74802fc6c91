import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { IDaemonSet } from 'kubernetes-models/apps/v1/DaemonSet';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IStatefulSet } from 'kubernetes-models/apps/v1/StatefulSet';
import type { ICronJob } from 'kubernetes-models/batch/v1/CronJob';
import type { IJob } from 'kubernetes-models/batch/v1/Job';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { isFields, parseObjects, type Fields, type RenderedObject, type Value } from '../diff/objects.ts';

export type Workload = IRollout | IDeployment | IStatefulSet | IDaemonSet | IJob | ICronJob;
export type WorkloadKind = Workload['kind'];

/** A workload that an app's manifests ask for. */
export interface WantedWorkload {
  kind: WorkloadKind;
  name: string;
  namespace: string;
  /** What its containers run. */
  images: readonly string[];
  /** A hook of Argo CD's: the sync waits for it and fails with it, so it is looked at only to say what that waits for. */
  hook?: true;
}

const groups: Readonly<Record<WorkloadKind, string>> = {
  Rollout: 'argoproj.io/',
  Deployment: 'apps/',
  StatefulSet: 'apps/',
  DaemonSet: 'apps/',
  Job: 'batch/',
  CronJob: 'batch/',
};

/**
 * The workloads in rendered manifests, hooks of Argo CD marked as such.
 * Throws UserError for manifests that cannot be read; `namespace` is that of objects without one.
 */
export function wantedWorkloads(manifests: string, namespace: string, where: string): WantedWorkload[] {
  return parseObjects(manifests, where)
    .filter(isWorkload)
    .map((each) => ({
      kind: each.kind,
      name: each.name,
      namespace: each.namespace ?? namespace,
      images: imagesOf(at(each.fields, ...templatePath(each.kind))),
      ...(at(each.fields, 'metadata', 'annotations', 'argocd.argoproj.io/hook') === undefined ? {} : { hook: true }),
    }));
}

function isWorkload(object: RenderedObject): object is RenderedObject & { kind: WorkloadKind } {
  const { kind, apiVersion } = object;
  return Object.hasOwn(groups, kind) && apiVersion.startsWith(groups[kind as WorkloadKind]);
}

function templatePath(kind: WorkloadKind): string[] {
  return kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
}

function imagesOf(template: Value | undefined): string[] {
  const lists = [at(template, 'spec', 'initContainers'), at(template, 'spec', 'containers')];
  return lists.flatMap((list) =>
    (Array.isArray(list) ? list : []).map((each) => at(each, 'image')).filter((image) => typeof image === 'string'),
  );
}

function at(value: Value | undefined, ...path: string[]): Value | undefined {
  let found: Value | undefined = value;
  for (const key of path) found = isFields(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}

/** Whether all images that are wanted are among those that are there; of an image with a digest, only that counts. */
export function runsAll(wanted: readonly string[], there: readonly string[]): boolean {
  return wanted.every((image) => {
    const digest = image.split('@')[1];
    return there.some((each) => (digest === undefined ? each === image : each.includes(digest)));
  });
}

/** What a workload in the cluster starts its pods with. */
export function liveImages(workload: Workload): string[] {
  return imagesOf(at(workload as unknown as Fields, ...templatePath(workload.kind)));
}

export function podImages(pod: IPod): string[] {
  return imagesOf(pod as unknown as Fields);
}

/** The label selector of a workload's pods, as the API takes it; undefined where it has none of its own. */
export function podSelector(workload: Workload | undefined): string | undefined {
  if (workload === undefined || workload.kind === 'CronJob') return undefined;
  const { matchLabels = {}, matchExpressions = [] } = workload.spec?.selector ?? {};
  const parts = [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      return `${key} ${operator === 'In' ? 'in' : 'notin'} (${values.join(',')})`;
    }),
  ];
  return parts.length === 0 ? undefined : parts.join(',');
}

/** The controller has not looked at the newest version yet. */
export function isUnobserved(workload: Exclude<Workload, IJob | ICronJob>): boolean {
  return Number(workload.status?.observedGeneration ?? 0) < (workload.metadata?.generation ?? 0);
}
