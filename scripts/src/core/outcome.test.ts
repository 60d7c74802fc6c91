import type { IAnalysisRun } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/AnalysisRun';
import type { IRollout } from '@kubernetes-models/argo-rollouts/argoproj.io/v1alpha1/Rollout';
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment';
import type { IPod } from 'kubernetes-models/v1/Pod';
import { describe, expect, it } from 'vitest';
import { judge, type OutcomeFacts } from './outcome.ts';

const digest = `sha256:${'1'.repeat(64)}`;
const template = { spec: { containers: [{ name: 'app', image: `r/web:t@${digest}` }] } };
const application = {
  status: { sync: { status: 'Synced' }, health: { status: 'Healthy' } },
} as OutcomeFacts['application'];

function deployment(status: object, change: object = {}): IDeployment {
  return {
    kind: 'Deployment',
    metadata: { generation: 2 },
    spec: { replicas: 2, template, ...change },
    status: { observedGeneration: 2, ...status },
  } as IDeployment;
}

function rollout(status: object, annotations = { 'rollout.argoproj.io/revision': '2' }): IRollout {
  const healthy = {
    observedGeneration: '2',
    phase: 'Healthy',
    currentPodHash: 'new',
    stableRS: 'new',
    updatedReplicas: 2,
    replicas: 2,
  };
  return {
    kind: 'Rollout',
    metadata: { generation: 2, annotations },
    spec: { replicas: 2, template },
    status: { ...healthy, ...status },
  } as unknown as IRollout;
}

function analysis(phase: string, value: string): IAnalysisRun {
  const metric = { name: 'success-rate', phase, measurements: [{ phase, value }] };
  return {
    metadata: { labels: { 'rollouts-pod-template-hash': 'new' } },
    status: { phase, metricResults: [metric] },
  } as unknown as IAnalysisRun;
}

function facts(workload: OutcomeFacts['workload'], change: Partial<OutcomeFacts> = {}): OutcomeFacts {
  return { digest, synced: 'landed', application, workload, pods: [], analysisRuns: [], ...change };
}

describe('a Deployment', () => {
  const complete = deployment({ updatedReplicas: 2, availableReplicas: 2, replicas: 2 });

  it('is verified when all its pods are updated and available and Argo CD is content', () => {
    expect(judge(facts(complete))).toMatchObject({ state: 'verified', reason: '2 of 2 pods updated and available' });
  });

  it.each<[string, Partial<OutcomeFacts>, string]>([
    ['Argo CD has not synced the landing', { synced: 'before' }, 'waiting for Argo CD to sync'],
    ['the application does not exist', { application: undefined }, 'waiting for Argo CD to create the application'],
    [
      'a pod still runs another image',
      { pods: [pod('old', 'r/web:old@sha256:2')] },
      'pod old still runs another image',
    ],
    [
      'old pods are still there',
      { workload: deployment({ updatedReplicas: 2, availableReplicas: 2, replicas: 3 }) },
      '2 of 2 pods updated',
    ],
    [
      'the controller has not looked at it',
      { workload: deployment({ observedGeneration: 1 }) },
      'waiting for the Deployment to be observed',
    ],
    [
      'it has not taken the image',
      { workload: deployment({}, { template: { spec: { containers: [{ image: 'r/web:old' }] } } }) },
      'waiting for the workload to take the new image',
    ],
  ])('is progressing while %s', (_, change, reason) => {
    const outcome = judge(facts(complete, change));

    expect(outcome.state).toBe('progressing');
    expect(outcome.reason).toContain(reason);
  });

  it('is superseded when a later landing changed its bytes', () => {
    expect(judge(facts(complete, { synced: 'later' })).state).toBe('superseded');
  });

  it('has failed when its progress deadline has passed', () => {
    const stuck = {
      conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'timed out' }],
    };

    expect(judge(facts(deployment(stuck)))).toEqual({ state: 'failed', reason: 'ProgressDeadlineExceeded: timed out' });
  });

  it('names the pod, the container and the reason that hold it up', () => {
    const waiting = {
      containerStatuses: [{ name: 'app', state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } } }],
    };
    const held = facts(deployment({ updatedReplicas: 1 }), {
      pods: [{ metadata: { name: 'web-1' }, status: waiting } as IPod],
    });

    expect(judge(held).reason).toContain('pod web-1 container app: ImagePullBackOff: not found');
  });
});

describe('a Rollout', () => {
  it('is verified when it is Healthy at this pod template, and says what the analysis measured', () => {
    expect(judge(facts(rollout({}), { analysisRuns: [analysis('Successful', '[0.99876543]')] }))).toEqual({
      state: 'verified',
      reason: '2 of 2 pods updated; metric success-rate 0.9987 (Successful)',
    });
  });

  it('is marked initial when it is the very first', () => {
    expect(judge(facts(rollout({}, { 'rollout.argoproj.io/revision': '1' })))).toMatchObject({
      state: 'verified',
      initial: true,
    });
  });

  it('is aborted with the metric and its value when the analysis failed', () => {
    const aborted = rollout({ phase: 'Degraded', abort: true, stableRS: 'old' });

    expect(judge(facts(aborted, { analysisRuns: [analysis('Failed', '[0.7034]')] }))).toEqual({
      state: 'aborted',
      reason: 'metric success-rate 0.7034 (Failed)',
    });
  });

  it('has an unknown outcome when the analysis was inconclusive', () => {
    const paused = rollout({
      phase: 'Paused',
      stableRS: 'old',
      pauseConditions: [{ reason: 'InconclusiveAnalysisRun' }],
    });

    expect(judge(facts(paused, { analysisRuns: [analysis('Inconclusive', '[NaN]')] }))).toEqual({
      state: 'unknown',
      reason: 'analysis was inconclusive: metric success-rate NaN (Inconclusive)',
    });
  });

  it('has failed when it is Degraded without an abort', () => {
    expect(judge(facts(rollout({ phase: 'Degraded', message: 'ProgressDeadlineExceeded: stuck' }))).state).toBe(
      'failed',
    );
  });

  it('is verified as blue-green once active and stable are the new pods, while old ones are kept to go back to', () => {
    const blueGreen = rollout({ blueGreen: { activeSelector: 'new' } });
    const spec = { ...blueGreen.spec, strategy: { blueGreen: { activeService: 'web' } } } as IRollout['spec'];
    const switching = rollout({ blueGreen: { activeSelector: 'old' } });
    const pods = [pod('old', 'r/web:old@sha256:2')];

    expect(judge(facts({ ...blueGreen, ...(spec === undefined ? {} : { spec }) }, { pods })).state).toBe('verified');
    expect(judge(facts(switching)).state).toBe('progressing');
  });

  it('is progressing during its canary and says the weight and the step', () => {
    const step = {
      phase: 'Paused',
      message: 'CanaryPauseStep',
      stableRS: 'old',
      currentStepIndex: 1,
      canary: { weights: { canary: { weight: 10 } } },
    };
    const outcome = judge(facts(rollout(step)));

    expect(outcome.state).toBe('progressing');
    expect(outcome.reason).toContain('canary takes 10 %');
  });

  it('is not verified by the analysis of another version', () => {
    const other = { ...analysis('Failed', '[0]'), metadata: { labels: { 'rollouts-pod-template-hash': 'old' } } };

    expect(judge(facts(rollout({}), { analysisRuns: [other] }))).toMatchObject({
      state: 'verified',
      reason: expect.stringContaining('no analysis ran'),
    });
  });
});

function pod(name: string, image: string): IPod {
  return { metadata: { name }, spec: { containers: [{ name: 'app', image }] }, status: { phase: 'Running' } } as IPod;
}
