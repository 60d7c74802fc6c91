import { describe, expect, it } from 'vitest';
import {
  application,
  cronJob,
  daemonSet,
  deployment,
  facts,
  hook,
  job,
  oldImage,
  pod,
  rollout,
  statefulSet,
  workload,
} from '../../../test/cluster-objects.ts';
import { judge, type OutcomeFacts, type WorkloadFacts } from './index.ts';
import type { Workload } from './workload.ts';

function judged(live: Workload | undefined, change: Partial<WorkloadFacts> = {}) {
  return judge(facts([workload(live, change)]));
}

type Status = NonNullable<OutcomeFacts['application']>['status'] & object;

function withStatus(status: Status) {
  return { ...application, status };
}

type Operation = Status['operationState'] & object;

/** Out of sync after a sync, or during one. */
function afterSync(phase: 'Running' | 'Succeeded' | 'Failed', change: Partial<Operation> = {}) {
  const operation = { operation: {}, startedAt: '2030-01-01T00:00:00Z', message: 'one or more failed' };
  return withStatus({
    sync: { status: 'OutOfSync' },
    health: { status: 'Healthy' },
    operationState: { ...operation, phase, ...change },
  });
}

describe('an app', () => {
  const complete = workload(deployment());
  const outOfSync = afterSync('Succeeded');

  it('is verified when its Deployment is complete and Argo CD is content', () => {
    expect(judge(facts([complete]))).toEqual({ state: 'verified', reason: '2 of 2 pods updated and available' });
  });

  it.each<[string, Partial<OutcomeFacts>, string]>([
    ['Argo CD has not synced the landing', { compared: 'before' }, 'waiting for Argo CD to sync'],
    [
      'Argo CD cannot read what it should sync',
      {
        compared: 'before',
        application: withStatus({ conditions: [{ type: 'ComparisonError', message: 'git does not answer\nat all' }] }),
      },
      'Argo CD reports ComparisonError: git does not answer',
    ],
    ['the application does not exist', { application: undefined }, 'waiting for Argo CD to create the application'],
    ['no sync has begun', { application: outOfSync, operated: 'before' }, 'waiting for Argo CD to end its sync'],
    ['a sync has not ended', { application: afterSync('Running') }, 'waiting for Argo CD to end its sync'],
    [
      'a sync that failed was of an earlier landing',
      { application: afterSync('Failed'), operated: 'before' },
      'Argo CD reports of an earlier sync: one or more failed',
    ],
    [
      'it is not healthy for Argo CD',
      { application: withStatus({ sync: { status: 'Synced' }, health: { status: 'Degraded' } }) },
      'Argo CD reports Degraded',
    ],
  ])('is progressing while %s', (_, change, reason) => {
    expect(judge(facts([complete], change))).toEqual({ state: 'progressing', reason });
  });

  it('is verified once the landing was applied, also where something else keeps it out of sync', () => {
    expect(judge(facts([complete], { application: outOfSync })).state).toBe('verified');
  });

  it.each([
    ['aborted', rollout({ abort: true, phase: 'Degraded', message: 'aborted' })],
    ['failed', deployment({ conditions: [{ type: 'Progressing', status: 'False', message: 'timed out' }] })],
    [
      'unknown',
      rollout({
        phase: 'Paused',
        pauseConditions: [{ reason: 'InconclusiveAnalysisRun', startTime: '2030-01-01T00:00:00Z' }],
      }),
    ],
  ])('is %s only once the landing was applied: until then its workload tells of what ran before', (state, live) => {
    const workloads = [workload(live)];

    expect(judge(facts(workloads, { application: outOfSync, operated: 'before' }))).toEqual({
      state: 'progressing',
      reason: 'waiting for Argo CD to end its sync',
    });
    expect(judge(facts(workloads, { application: afterSync('Running') })).state).toBe('progressing');
    expect(judge(facts(workloads, { application: outOfSync })).state).toBe(state);
    expect(judge(facts(workloads)).state).toBe(state);
  });

  it('is superseded when a later landing changed its bytes', () => {
    expect(judge(facts([complete], { compared: 'later' })).state).toBe('superseded');
  });

  it('has failed when Argo CD has given up its sync, and names the object', () => {
    const resources = [
      { group: '', version: 'v1', kind: 'Service', name: 'web', namespace: 'n', status: 'Synced' as const },
      {
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        name: 'web',
        namespace: 'n',
        status: 'SyncFailed' as const,
        message: 'Deployment.apps "web" is invalid: spec.replicas\nmore',
      },
    ];
    const given = afterSync('Failed', { syncResult: { revision: 'r', resources } });

    expect(judge(facts([complete], { application: given }))).toEqual({
      state: 'failed',
      reason: 'Argo CD could not sync Deployment web: Deployment.apps "web" is invalid: spec.replicas',
    });
    expect(judge(facts([complete], { application: given, compared: 'before' })).reason).toBe(
      'Argo CD reports of an earlier sync: one or more failed',
    );
  });

  it('is only applied where nothing in it runs, and its health says nothing then', () => {
    const outcome = { state: 'verified', reason: 'applied; nothing in it runs', applied: true };

    expect(judge(facts([], { application: withStatus({ sync: { status: 'Synced' } }) }))).toEqual(outcome);
    expect(judge(facts([], { application: outOfSync, operated: 'before' })).state).toBe('progressing');
  });

  it('is what the gravest of its workloads is, which is named', () => {
    const running = workload(deployment({ updatedReplicas: 1 }));
    const done = workload(job({ conditions: [{ type: 'Complete', status: 'True' }] }));
    const failed = workload(
      job({ conditions: [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'too often' }] }),
    );

    expect(judge(facts([complete, done, workload(cronJob())]))).toEqual({
      state: 'verified',
      reason:
        'Deployment web: 2 of 2 pods updated and available; Job web: complete; CronJob web: applied; it runs at 0 3 * * *',
    });
    expect(judge(facts([running, done])).reason).toBe('Deployment web: 1 of 2 pods updated, 2 available');
    expect(judge(facts([running, failed]))).toEqual({
      state: 'failed',
      reason: 'Job web: BackoffLimitExceeded: too often',
    });
  });
});

describe('a workload', () => {
  const old = { spec: { containers: [{ name: 'app', image: oldImage }] } };

  it.each<[string, WorkloadFacts, string]>([
    ['does not exist', workload(undefined), 'waiting for the Deployment to appear'],
    ['has not taken the image', workload(deployment({}, { template: old })), 'waiting for the Deployment to take'],
    ['was not looked at', workload(deployment({ observedGeneration: 1 })), 'waiting for the Deployment to be observed'],
    [
      'has a pod of another image',
      workload(deployment(), { pods: [pod('old', {}, oldImage)] }),
      'pod old still runs another image',
    ],
  ])('is progressing while it %s', (_, each, reason) => {
    const outcome = judge(facts([each]));

    expect(outcome.state).toBe('progressing');
    expect(outcome.reason).toContain(reason);
  });

  it('does not wait for a pod of another image that is on its way out', () => {
    const ending = pod('old', {}, oldImage);
    const pods = [{ ...ending, metadata: { ...ending.metadata, deletionTimestamp: '2030-01-01T00:00:00Z' } }];

    expect(judged(deployment(), { pods }).state).toBe('verified');
  });

  it.each([deployment({}, { replicas: 0 }), statefulSet({}, { replicas: 0 }), rollout({}, { replicas: 0 })])(
    'that is scaled to zero is only applied: $kind',
    (live) => {
      expect(judged(live)).toEqual({ state: 'verified', reason: 'applied; it is scaled to zero', applied: true });
    },
  );

  it('that is scaled to zero still has to take the image', () => {
    expect(judged(deployment({}, { replicas: 0, template: old })).state).toBe('progressing');
  });
});

describe('a Deployment', () => {
  it('is progressing while old pods are still there', () => {
    expect(judged(deployment({ replicas: 3 }))).toEqual({
      state: 'progressing',
      reason: '2 of 2 pods updated, 2 available',
    });
  });

  it('has failed when its progress deadline has passed', () => {
    const conditions = [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' },
    ];

    expect(judged(deployment({ conditions }))).toEqual({
      state: 'failed',
      reason: 'ProgressDeadlineExceeded: timed out',
    });
  });

  it('that does not get on says what its pods say', () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'not found' };
    const pods = [pod('web-1', { state: { waiting } })];

    expect(judged(deployment({ updatedReplicas: 1 }), { pods }).reason).toBe(
      '1 of 2 pods updated, 2 available; pod web-1 container app cannot get its image: ImagePullBackOff: not found',
    );
  });
});

describe('a hook', () => {
  const conditions = [{ type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded', message: 'too often' }];
  const before = workload(deployment({}, { template: { spec: { containers: [{ name: 'app', image: oldImage }] } } }));

  it.each<[string, WorkloadFacts]>([
    ['complete', hook(job({ conditions: [{ type: 'Complete', status: 'True' }] }))],
    ['gone, as its delete policy may have it', hook(undefined)],
    [
      'of an older image, since a sync of parts runs none',
      hook(job({ active: 1 }, { template: { spec: { containers: [{ name: 'app', image: oldImage }] } } })),
    ],
  ])('that is %s says nothing of the app', (_, each) => {
    expect(judge(facts([workload(deployment()), each]))).toEqual(judged(deployment()));
    expect(judge(facts([before, each])).reason).toBe('waiting for the Deployment to take the new image');
  });

  it('that runs is what the app waits for', () => {
    expect(judge(facts([before, hook(job({ active: 1 }))])).reason).toBe(
      'Argo CD waits for Job web-migrate: 0 of 1 pods complete, 1 running, 0 failed',
    );
  });

  it('that fails is what the app waits for until Argo CD has given up its sync, with what its pods say', () => {
    const pods = [pod('web-migrate-1', { state: { terminated: { exitCode: 1, reason: 'Error' } } })];
    const failed = hook(job({ conditions }), { pods });

    expect(judge(facts([before, failed]))).toEqual({
      state: 'progressing',
      reason:
        'Argo CD waits for Job web-migrate: BackoffLimitExceeded: too often; pod web-migrate-1 container app ended by itself: exit 1 (Error), 0 restarts',
    });
  });
});

describe('a StatefulSet', () => {
  it('is verified when its current revision is its update revision', () => {
    expect(judged(statefulSet())).toEqual({ state: 'verified', reason: '2 of 2 pods updated and available' });
  });

  it.each<[string, Workload, string]>([
    ['pods are missing', statefulSet({ availableReplicas: 1 }), '2 of 2 pods updated, 1 available'],
    [
      'its revisions differ',
      statefulSet({ currentRevision: 'web-1', updatedReplicas: 1 }),
      '1 of 2 pods updated, 2 available',
    ],
    [
      'a partition keeps pods as they were',
      statefulSet(
        { currentRevision: 'web-1', updatedReplicas: 1 },
        { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } },
      ),
      '1 of 2 pods updated, 2 available; its partition keeps 1 pods as they were',
    ],
    [
      'nobody deletes its old pods',
      statefulSet({ currentRevision: 'web-1', updatedReplicas: 0 }, { updateStrategy: { type: 'OnDelete' } }),
      '0 of 2 pods updated, 2 available; it takes new pods only when somebody deletes the old',
    ],
  ])('is progressing while %s', (_, live, reason) => {
    expect(judged(live)).toEqual({ state: 'progressing', reason });
  });
});

describe('a DaemonSet', () => {
  it('is verified when every node is updated', () => {
    expect(judged(daemonSet())).toEqual({ state: 'verified', reason: '3 of 3 nodes updated and available' });
  });

  it('is progressing while a node is not', () => {
    expect(judged(daemonSet({ updatedNumberScheduled: 2 })).reason).toBe('2 of 3 nodes updated, 3 available');
    expect(judged(daemonSet({ updatedNumberScheduled: 2 }, { updateStrategy: { type: 'OnDelete' } })).reason).toBe(
      '2 of 3 nodes updated, 3 available; it takes new pods only when somebody deletes the old',
    );
    expect(judged(daemonSet({ numberAvailable: 2 })).state).toBe('progressing');
  });

  it('is only applied where no node should run it', () => {
    expect(judged(daemonSet({ desiredNumberScheduled: 0 }))).toMatchObject({ state: 'verified', applied: true });
  });
});

describe('a Job', () => {
  it('is verified when it is complete, and not before', () => {
    expect(judged(job({ conditions: [{ type: 'Complete', status: 'True' }] }))).toEqual({
      state: 'verified',
      reason: 'complete',
    });
    expect(judged(job({ active: 1, failed: 2 }))).toEqual({
      state: 'progressing',
      reason: '0 of 1 pods complete, 1 running, 2 failed',
    });
    expect(judged(job({}, { suspend: true })).reason).toBe('suspended');
  });

  it('has failed when it says so', () => {
    const conditions = [{ type: 'Failed', status: 'True', reason: 'DeadlineExceeded', message: 'active too long' }];

    expect(judged(job({ conditions }))).toEqual({ state: 'failed', reason: 'DeadlineExceeded: active too long' });
  });
});

describe('a CronJob', () => {
  it('is only applied', () => {
    expect(judged(cronJob())).toEqual({
      state: 'verified',
      reason: 'applied; it runs at 0 3 * * *',
      applied: true,
    });
  });
});
