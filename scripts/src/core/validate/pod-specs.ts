import { isFields, type Fields, type RenderedObject, type Value } from '../diff/objects.ts';
import { at, listAt, mapAt, numberAt, textAt } from './fields.ts';
import type { Path } from './policy.ts';

/** Pods that an object makes, whatever kind it is of. */
export interface PodSpec {
  object: RenderedObject;
  spec: Fields;
  /** The path of `spec`. */
  path: Path;
  labels: Fields;
  /** Whether these pods are to run for good, and not until they are done. */
  serves: boolean;
  /** Init containers first. */
  containers: Container[];
}

export interface Container {
  name: string;
  fields: Fields;
  path: Path;
  /** Whether it ends before the pod serves; one that restarts always is a sidecar. */
  init: boolean;
}

const serving = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Rollout'];

/** Kinds whose objects keep a number of equal pods. */
export const replicated = ['Deployment', 'StatefulSet', 'Rollout'];

/** Every pod that some objects make: of workloads of each kind, and those that hide in what judges or scales them. */
export function podSpecs(objects: readonly RenderedObject[]): PodSpec[] {
  return objects.flatMap((object) =>
    templatesOf(object).flatMap((path) => {
      const template = at(object.fields, path);
      const spec = at(template, ['spec']);
      if (!isFields(spec)) return [];
      const below = [...path, 'spec'];
      return [
        {
          object,
          spec,
          path: below,
          labels: mapAt(template, 'metadata', 'labels'),
          serves: serving.includes(object.kind),
          containers: [...containersOf(spec, below, 'initContainers'), ...containersOf(spec, below, 'containers')],
        },
      ];
    }),
  );
}

/** The paths of the pod templates in an object. */
function templatesOf({ kind, fields }: RenderedObject): Path[] {
  if (kind === 'Pod') return [[]];
  if ([...serving, 'Job'].includes(kind)) return [['spec', 'template']];
  if (kind === 'CronJob') return [['spec', 'jobTemplate', 'spec', 'template']];
  if (kind === 'ScaledJob') return [['spec', 'jobTargetRef', 'template']];
  if (kind === 'AnalysisTemplate' || kind === 'ClusterAnalysisTemplate' || kind === 'AnalysisRun')
    return listAt(fields, 'spec', 'metrics').map((_, index) => [
      'spec',
      'metrics',
      index,
      'provider',
      'job',
      'spec',
      'template',
    ]);
  if (kind === 'Experiment')
    return listAt(fields, 'spec', 'templates').map((_, index) => ['spec', 'templates', index, 'template']);
  return [];
}

function containersOf(spec: Fields, path: Path, key: 'initContainers' | 'containers'): Container[] {
  return listAt(spec, key).flatMap((fields: Value, index) =>
    isFields(fields)
      ? [
          {
            name: textAt(fields, 'name') ?? String(index),
            fields,
            path: [...path, key, index],
            init: key === 'initContainers' && textAt(fields, 'restartPolicy') !== 'Always',
          },
        ]
      : [],
  );
}

/** How many pods an object keeps at least: its replicas, or the fewest that an autoscaler of it leaves. */
export function fewestPods(object: RenderedObject, objects: readonly RenderedObject[]): number {
  const scaler = scalerOf(object, objects);
  if (scaler === undefined) return numberAt(object.fields, 'spec', 'replicas') ?? 1;
  const [key, otherwise] = fewestKey(scaler);
  return numberAt(scaler.fields, 'spec', key) ?? otherwise;
}

/** How many pods an object keeps at most: its replicas, or the most that an autoscaler of it makes. */
export function mostPods(object: RenderedObject, objects: readonly RenderedObject[]): number {
  const scaler = scalerOf(object, objects);
  if (scaler?.kind === 'ScaledObject') return numberAt(scaler.fields, 'spec', 'maxReplicaCount') ?? 100;
  return numberAt(scaler?.fields, 'spec', 'maxReplicas') ?? numberAt(object.fields, 'spec', 'replicas') ?? 1;
}

/** The field of an autoscaler that says how many pods it leaves at least, and how many they are where it says nothing. */
export function fewestKey({ kind }: RenderedObject): ['minReplicaCount' | 'minReplicas', number] {
  return kind === 'ScaledObject' ? ['minReplicaCount', 0] : ['minReplicas', 1];
}

/** The HorizontalPodAutoscaler or ScaledObject of an object. */
export function scalerOf(object: RenderedObject, objects: readonly RenderedObject[]): RenderedObject | undefined {
  return objects.find(({ kind, fields }) => {
    const target = mapAt(fields, 'spec', 'scaleTargetRef');
    // KEDA takes what names no kind for a Deployment.
    const wanted = textAt(target, 'kind') ?? (kind === 'ScaledObject' ? 'Deployment' : undefined);
    return (
      ['HorizontalPodAutoscaler', 'ScaledObject'].includes(kind) &&
      wanted === object.kind &&
      textAt(target, 'name') === object.name
    );
  });
}
