import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import { firstLine } from '../text.ts';
import { refusalCause, type Diagnosis } from './diagnosis.ts';

/** What the latest sync could not apply, and hooks that failed. */
export function failedResources(application: IApplication) {
  const resources = application.status?.operationState?.syncResult?.resources ?? [];
  return resources.filter(
    ({ status, hookPhase }) => status === 'SyncFailed' || hookPhase === 'Failed' || hookPhase === 'Error',
  );
}

/** Why Argo CD has given up a sync, by the first object that it could not sync; undefined where it has not. */
export function syncFailure(application: IApplication): Diagnosis | undefined {
  const operation = application.status?.operationState;
  if (operation?.phase !== 'Failed' && operation?.phase !== 'Error') return undefined;
  const failed = failedResources(application);
  const [first] = failed;
  const message = firstLine(first?.message ?? operation.message);
  const what = first === undefined ? '' : ` ${first.kind} ${first.name}`;
  const more = failed.length > 1 ? ` (and ${failed.length - 1} more)` : '';
  return { cause: refusalCause(message, 'sync'), reason: `Argo CD could not sync${what}: ${message}${more}` };
}

/** What Argo CD itself cannot do with an application: read its source, or what a sync that it gave up has said. */
export function applicationProblem(application: IApplication): string | undefined {
  const condition = application.status?.conditions?.find((each) => each.type.endsWith('Error'));
  if (condition !== undefined) return `${condition.type}: ${firstLine(condition.message)}`;
  return syncFailure(application) === undefined
    ? undefined
    : `of an earlier sync: ${firstLine(application.status?.operationState?.message)}`;
}
