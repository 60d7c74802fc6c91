import type { IApplication } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1/Application';
import type { IEvent } from 'kubernetes-models/v1/Event';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { describe, expect, it } from 'vitest';
import {
  application,
  daemonSet,
  deployment,
  facts,
  hook,
  job,
  oldImage,
  pod,
  rollout,
  statefulSet,
  warning,
  workload,
} from '../../../test/cluster-objects.ts';
import type { Standing } from '../outcome/index.ts';
import type { Workload } from '../outcome/workload.ts';
import { diagnose, type Diagnosis } from './index.ts';

function diagnosed(pods: readonly IPod[], events: readonly IEvent[] = [], live: Workload = deployment()) {
  return diagnose(facts([workload(live, { pods })], { events }));
}

const ended = (exitCode: number, reason: string) => ({ terminated: { exitCode, reason } });
const looping = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 10s restarting failed container' } };
const probe = (which: string, said = 'HTTP probe failed with statuscode: 500') =>
  warning('Pod web-1', 'Unhealthy', `${which} probe failed: ${said}`);

describe('a pod', () => {
  it.each<[string, IPod, IEvent[], Partial<Diagnosis>]>([
    [
      'cannot get its image',
      pod('web-1', { state: { waiting: { reason: 'ImagePullBackOff', message: 'r/web: not found\nmore' } } }),
      [],
      {
        cause: 'image',
        reason: 'pod web-1 container app cannot get its image: ImagePullBackOff: r/web: not found',
      },
    ],
    [
      'cannot start',
      pod('web-1', {
        state: { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "web-1" not found' } },
      }),
      [],
      {
        cause: 'start',
        reason: 'pod web-1 container app cannot start: CreateContainerConfigError: configmap "web-1" not found',
      },
    ],
    [
      'ends by itself again and again',
      pod('web-1', { restartCount: 4, state: looping, lastState: ended(1, 'Error') }),
      [],
      {
        cause: 'crash',
        reason: 'pod web-1 container app ended by itself: CrashLoopBackOff, exit 1 (Error), 4 restarts',
        log: 'previous',
      },
    ],
    [
      'ended for good',
      pod('web-1', { state: ended(2, 'Error') }),
      [],
      { cause: 'crash', reason: 'pod web-1 container app ended by itself: exit 2 (Error), 0 restarts', log: 'current' },
    ],
    [
      'ran out of memory',
      pod('web-1', { restartCount: 1, state: looping, lastState: ended(137, 'OOMKilled') }),
      [probe('Liveness')],
      {
        cause: 'memory',
        reason: 'pod web-1 container app ran out of memory: OOMKilled at its limit of 256Mi, exit 137, 1 restart',
        log: 'previous',
      },
    ],
    [
      'is killed for a probe',
      pod('web-1', { restartCount: 2, state: { running: {} }, lastState: ended(143, 'Error') }),
      [probe('Readiness'), probe('Liveness')],
      {
        cause: 'probe',
        reason: 'pod web-1 container app fails its liveness probe: HTTP probe failed with statuscode: 500',
        log: 'previous',
      },
    ],
    [
      'crashes, which its probes see as well',
      pod('web-1', { restartCount: 2, state: looping, lastState: ended(1, 'Error') }),
      [probe('Startup', 'connect: connection refused')],
      { cause: 'crash' },
    ],
    [
      'does not become ready',
      pod('web-1', { state: { running: {} } }),
      [probe('Readiness', 'Get "http://10.0.0.1:8080/readyz": dial tcp: connection refused')],
      {
        cause: 'probe',
        reason:
          'pod web-1 container app fails its readiness probe: Get "http://10.0.0.1:8080/readyz": dial tcp: connection refused',
        log: 'current',
      },
    ],
    [
      'has a probe that prints a credential',
      pod('web-1', { state: { running: {} } }),
      [probe('Readiness', 'password=hunter2')],
      { reason: 'pod web-1 container app fails its readiness probe: (redacted)' },
    ],
    [
      'cannot be scheduled',
      {
        ...pod('web-1'),
        status: {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: '0/1 nodes are available: 1 Insufficient memory.',
            },
          ],
        },
      },
      [],
      { cause: 'schedule', reason: 'pod web-1 cannot be scheduled: 0/1 nodes are available: 1 Insufficient memory.' },
    ],
    [
      'was evicted',
      { ...pod('web-1'), status: { phase: 'Failed', reason: 'Evicted', message: 'The node was low on memory.' } },
      [],
      { cause: 'evicted', reason: 'pod web-1 was evicted: The node was low on memory.' },
    ],
    [
      'cannot mount its volumes',
      pod('web-1', { state: { waiting: { reason: 'ContainerCreating' } } }),
      [warning('Pod web-1', 'FailedMount', 'MountVolume.SetUp failed for volume "db" : secret "db" not found')],
      {
        cause: 'volume',
        reason: 'pod web-1 cannot mount its volumes: MountVolume.SetUp failed for volume "db" : secret "db" not found',
      },
    ],
  ])('%s', (_, its, events, expected) => {
    expect(diagnosed([its], events)).toMatchObject(expected);
  });

  it.each<[string, IPod, IEvent[]]>([
    [
      'is ready, whatever it was before',
      pod('web-1', { ready: true, lastState: ended(1, 'Error') }),
      [probe('Readiness')],
    ],
    ['is only starting', pod('web-1', { state: { waiting: { reason: 'ContainerCreating' } } }), []],
    ['is not ready yet, and no probe has failed', pod('web-1', { state: { running: {} } }), []],
    ['has done its work', pod('web-1', { state: ended(0, 'Completed') }), []],
    ['is of another version', pod('web-1', { state: looping, lastState: ended(1, 'Error') }, oldImage), []],
    ['is another one than the event is about', pod('web-2', { state: { running: {} } }), [probe('Readiness')]],
  ])('says nothing when it %s', (_, its, events) => {
    expect(diagnosed([its], events)).toBeUndefined();
  });

  it('that says more goes first', () => {
    const pods = [
      pod('web-1', { state: { running: {} } }),
      pod('web-2', { restartCount: 1, state: looping, lastState: ended(1, 'Error') }),
    ];

    expect(diagnosed(pods, [probe('Readiness')])).toMatchObject({ pod: 'web-2', cause: 'crash' });
    expect(diagnosed(pods.slice(0, 1), [probe('Readiness')])).toMatchObject({ pod: 'web-1', cause: 'probe' });
  });
});

describe('pods that are not even created', () => {
  const quota =
    'exceeded quota: compute, requested: limits.memory=256Mi, used: limits.memory=1Gi, limited: limits.memory=1Gi';
  const podSecurity = 'violates PodSecurity "restricted:v1.36": allowPrivilegeEscalation != false';
  const policy = "ValidatingAdmissionPolicy 'digests' with binding 'digests' denied request: images by digest only";

  it.each<[string, Workload, string, string, string]>([
    ['quota', deployment(), 'ReplicaSet web-6d4cf56db6', quota, 'quota'],
    ['quota', rollout(), 'ReplicaSet web-6d4cf56db6', quota, 'quota'],
    ['policy', deployment(), 'ReplicaSet web-6d4cf56db6', podSecurity, 'policy'],
    ['policy', statefulSet(), 'StatefulSet web', policy, 'policy'],
    ['policy', daemonSet(), 'DaemonSet web', policy, 'policy'],
    ['else', daemonSet(), 'DaemonSet web', 'no route to the webhook', 'create'],
  ])('are refused by a %s: %s', (_, live, about, said, cause) => {
    const message = `Error creating: pods "web-x" is forbidden: ${said}`.replace(/pods.*forbidden: no/, 'no');

    expect(diagnosed([], [warning(about, 'FailedCreate', message)], live)).toEqual({
      cause,
      reason: `${about} may not create pods: ${said}`,
    });
  });

  it('are known by the condition of a Deployment without any event', () => {
    const conditions = [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: `pods "x" is forbidden: ${quota}` },
    ];

    expect(diagnosed([], [], deployment({ conditions }))).toEqual({
      cause: 'quota',
      reason: `Deployment web may not create pods: ${quota}`,
    });
  });

  it('are not confused with those of an app whose name begins alike', () => {
    const events = [warning('ReplicaSet web-api-6d4cf56db6', 'FailedCreate', `Error creating: ${quota}`)];

    expect(diagnosed([], events)).toBeUndefined();
  });
});

describe('a sync that Argo CD has given up', () => {
  function syncing(message: string, status: 'Synced' | 'OutOfSync', operated: Standing = 'landed') {
    const resource = { group: 'apps', version: 'v1', kind: 'Deployment', name: 'web', namespace: 'n' };
    const operationState = {
      operation: {},
      startedAt: '2030-01-01T00:00:00Z',
      phase: 'Failed' as const,
      message: 'failed',
      syncResult: { revision: 'r', resources: [{ ...resource, status: 'SyncFailed' as const, message }] },
    };
    const own = { ...application, status: { sync: { status }, operationState } };
    return diagnose(facts([], { application: own, operated }));
  }

  it.each([
    ['sync', 'Deployment.apps "web" is invalid: spec.selector: field is immutable'],
    ['policy', 'admission webhook "validate.kyverno.svc" denied the request: no latest tag'],
    ['quota', 'deployments.apps "web" is forbidden: exceeded quota: objects'],
  ])('is a matter of %s', (cause, message) => {
    expect(syncing(message, 'OutOfSync')).toEqual({
      cause,
      reason: `Argo CD could not sync Deployment web: ${message}`,
    });
  });

  it('by a hook that failed is explained by the pods of that hook, where they say something', () => {
    const resource = { group: 'batch', version: 'v1', kind: 'Job', name: 'web-migrate', namespace: 'web-dev' };
    const own: IApplication = {
      ...application,
      status: {
        sync: { status: 'OutOfSync' },
        operationState: {
          operation: {},
          startedAt: '2030-01-01T00:00:00Z',
          phase: 'Failed',
          message: 'failed',
          syncResult: {
            revision: 'r',
            resources: [{ ...resource, status: 'Synced', hookPhase: 'Failed', message: 'Job has failed' }],
          },
        },
      },
    };
    const pods = [pod('web-migrate-1', { state: ended(1, 'Error') })];
    const others = workload(deployment(), { pods: [pod('web-1', { state: ended(2, 'Error') })] });

    expect(diagnose(facts([others, hook(job(), { pods })], { application: own }))).toMatchObject({
      cause: 'crash',
      pod: 'web-migrate-1',
      log: 'current',
    });
    expect(diagnose(facts([others, hook(job())], { application: own }))?.reason).toBe(
      'Argo CD could not sync Job web-migrate: Job has failed',
    );
  });

  it('says nothing once it is synced all the same', () => {
    expect(syncing('x', 'Synced')).toBeUndefined();
  });

  it('says nothing where it was of an earlier landing', () => {
    expect(syncing('x', 'OutOfSync', 'before')).toBeUndefined();
  });
});
