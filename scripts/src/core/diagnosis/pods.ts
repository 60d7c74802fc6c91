import type { IContainerStatus } from 'kubernetes-models/v1/ContainerStatus';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { holdsSecret } from '../diff/redact.ts';
import { firstLine } from '../text.ts';
import type { Diagnosis } from './diagnosis.ts';

/** What keeps a pod from running and being ready; `events` are those about it. Undefined where nothing says. */
export function diagnosePod(pod: IPod, events: readonly IEvent[]): Diagnosis | undefined {
  const name = pod.metadata?.name ?? '';
  const where = { pod: name, namespace: pod.metadata?.namespace ?? '' };
  if (pod.status?.reason === 'Evicted') {
    return { cause: 'evicted', reason: `pod ${name} was evicted: ${firstLine(pod.status.message)}`, ...where };
  }
  const unscheduled = pod.status?.conditions?.find((each) => each.type === 'PodScheduled' && each.status === 'False');
  if (unscheduled !== undefined) {
    const reason = `pod ${name} cannot be scheduled: ${firstLine(unscheduled.message) || (unscheduled.reason ?? '')}`;
    return { cause: 'schedule', reason, ...where };
  }
  const containers = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  for (const status of containers) {
    const found = diagnoseContainer(pod, status, events);
    if (found !== undefined) {
      const reason = `pod ${name} container ${status.name} ${found.reason}`;
      return { ...found, reason, ...where, container: status.name };
    }
  }
  const mount = events.find((each) => each.reason === 'FailedMount' || each.reason === 'FailedAttachVolume');
  if (mount === undefined || !containers.every(isCreating)) return undefined;
  return { cause: 'volume', reason: `pod ${name} cannot mount its volumes: ${firstLine(mount.message)}`, ...where };
}

type Found = Pick<Diagnosis, 'cause' | 'reason' | 'log'>;

const imageReasons = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

function diagnoseContainer(pod: IPod, status: IContainerStatus, events: readonly IEvent[]): Found | undefined {
  if (status.ready) return undefined;
  const waiting = status.state?.waiting;
  if (waiting?.reason !== undefined && waiting.reason !== 'CrashLoopBackOff' && !isCreating(status)) {
    const said = `${waiting.reason}: ${firstLine(waiting.message)}`.replace(/: $/, '');
    if (imageReasons.has(waiting.reason)) return { cause: 'image', reason: `cannot get its image: ${said}` };
    return { cause: 'start', reason: `cannot start: ${said}` };
  }
  const probe = failedProbe(status.name, events);
  const ended = status.state?.terminated ?? status.lastState?.terminated;
  if (ended === undefined) return probe?.which === 'readiness' ? describeProbe(probe) : undefined;

  const log = status.state?.terminated === undefined ? 'previous' : 'current';
  const times = `${status.restartCount} ${status.restartCount === 1 ? 'restart' : 'restarts'}`;
  if (ended.reason === 'OOMKilled') {
    const limit = pod.spec?.containers.find((each) => each.name === status.name)?.resources?.limits?.['memory'];
    const at = limit === undefined ? '' : ` at its limit of ${limit}`;
    return { cause: 'memory', reason: `ran out of memory: OOMKilled${at}, exit ${ended.exitCode}, ${times}`, log };
  }
  // Killed for a probe, a process ends by that signal or as it likes; by itself it ends with another code.
  if (probe !== undefined && probe.which !== 'readiness' && [0, 137, 143].includes(ended.exitCode)) {
    return { ...describeProbe(probe), log };
  }
  if (ended.exitCode === 0 && status.restartCount === 0) return undefined;
  const loop = waiting?.reason === 'CrashLoopBackOff' ? 'CrashLoopBackOff, ' : '';
  const word = ended.reason === undefined ? '' : ` (${ended.reason})`;
  return { cause: 'crash', reason: `ended by itself: ${loop}exit ${ended.exitCode}${word}, ${times}`, log };
}

interface Probe {
  which: string;
  said: string;
}

/** The newest probe that failed; one that kills says more than readiness. */
function failedProbe(container: string, events: readonly IEvent[]): Probe | undefined {
  const failed = events
    .filter((each) => each.reason === 'Unhealthy' && each.involvedObject.fieldPath?.includes(`{${container}}`) === true)
    .flatMap(({ message = '' }) => {
      const [, which = '', said = ''] = /^(\w+) probe \w+[^:]*: *(.*)/.exec(firstLine(message)) ?? [];
      return which === '' ? [] : [{ which: which.toLowerCase(), said }];
    });
  return failed.find(({ which }) => which !== 'readiness') ?? failed[0];
}

/** A probe that runs a command reports what that printed. */
function describeProbe({ which, said }: Probe): Found {
  const shown = holdsSecret(said, []) ? '(redacted)' : said;
  return { cause: 'probe', reason: `fails its ${which} probe: ${shown}`, log: 'current' };
}

function isCreating({ state }: IContainerStatus): boolean {
  return ['ContainerCreating', 'PodInitializing'].includes(state?.waiting?.reason ?? '');
}
