import type { IEvent } from 'kubernetes-models/v1/Event';
import type { OutcomeFacts, WorkloadFacts } from '../outcome/facts.ts';
import { podImages, runsAll } from '../outcome/workload.ts';
import { diagnoseCreation } from './creation.ts';
import { causes, type Diagnosis } from './diagnosis.ts';
import { eventsOf } from './events.ts';
import { diagnosePod } from './pods.ts';
import { failedResources, syncFailure } from './sync.ts';

export type { Diagnosis } from './diagnosis.ts';

/**
 * Why a landing does not work out: what Argo CD could not sync, and of a hook what its pods say, else what keeps the pods
 * of the wanted version from coming up. Of several troubles the one that says most; undefined where nothing says.
 */
export function diagnose({ application, compared, operated, workloads, events }: OutcomeFacts): Diagnosis | undefined {
  const synced = application?.status?.sync?.status === 'Synced';
  const isOwn = compared === 'landed' && operated === 'landed';
  if (application === undefined || !isOwn || synced) return gravest(workloads, events);
  const failed = failedResources(application);
  const hooks = workloads.filter(
    ({ wanted }) =>
      wanted.hook === true && failed.some(({ kind, name }) => kind === wanted.kind && name === wanted.name),
  );
  return gravest(hooks, events) ?? syncFailure(application) ?? gravest(workloads, events);
}

function gravest(workloads: readonly WorkloadFacts[], events: readonly IEvent[]): Diagnosis | undefined {
  const found = workloads.flatMap((each) => [...diagnosePods(each, events), diagnoseCreation(each, events)]);
  return found
    .filter((each) => each !== undefined)
    .toSorted((a, b) => causes.indexOf(a.cause) - causes.indexOf(b.cause))[0];
}

function diagnosePods({ wanted, pods }: WorkloadFacts, events: readonly IEvent[]): (Diagnosis | undefined)[] {
  return pods
    .filter((pod) => pod.metadata?.deletionTimestamp === undefined && runsAll(wanted.images, podImages(pod)))
    .map((pod) => diagnosePod(pod, eventsOf(events, 'Pod', pod.metadata?.name ?? '')));
}
