import type { IEvent } from 'kubernetes-models/v1/Event';
import type { WorkloadFacts } from '../outcome/facts.ts';
import { firstLine } from '../text.ts';
import { refusalCause, type Diagnosis } from './diagnosis.ts';

/** Why a workload's pods are not even created: a quota, a policy, or what else the API server has against them. */
export function diagnoseCreation({ wanted, live }: WorkloadFacts, events: readonly IEvent[]): Diagnosis | undefined {
  const event = events.find((each) => each.reason === 'FailedCreate' && isController(each, wanted.kind, wanted.name));
  if (event !== undefined) {
    return describe(`${event.involvedObject.kind ?? ''} ${event.involvedObject.name ?? ''}`, event.message);
  }
  if (live?.kind !== 'Deployment') return undefined;
  const failure = live.status?.conditions?.find((each) => each.type === 'ReplicaFailure' && each.status === 'True');
  return failure === undefined ? undefined : describe(`Deployment ${wanted.name}`, failure.message);
}

/** The workload itself, or the ReplicaSet or Job that it creates its pods by. */
function isController(
  { involvedObject: { kind, name = '' } }: IEvent,
  wantedKind: string,
  wantedName: string,
): boolean {
  if (kind === wantedKind) return name === wantedName;
  if (kind !== 'ReplicaSet' || !name.startsWith(`${wantedName}-`)) return false;
  return !name.slice(wantedName.length + 1).includes('-');
}

function describe(who: string, message: string | undefined): Diagnosis {
  const said = firstLine(message)
    .replace(/^Error creating: /, '')
    .replace(/^pods "[^"]*" is forbidden: /, '');
  return { cause: refusalCause(firstLine(message), 'create'), reason: `${who} may not create pods: ${said}` };
}
