import { describe, expect, it } from 'vitest';
import { analysis, facts, oldImage, pod, rollout, workload } from '../../../test/cluster-objects.ts';
import { judge, type WorkloadFacts } from './index.ts';
import type { Workload } from './workload.ts';

function judged(live: Workload, change: Partial<WorkloadFacts> = {}) {
  return judge(facts([workload(live, change)]));
}

describe('a canary', () => {
  it('is verified when it is Healthy at this pod template, and says what the analysis measured', () => {
    expect(judged(rollout(), { analysisRuns: [analysis('Successful', '[0.99876543]')] })).toEqual({
      state: 'verified',
      reason: '2 of 2 pods updated; metric success-rate 0.9987 (Successful)',
    });
  });

  it('is marked initial when it is the very first', () => {
    expect(judged(rollout({}, {}, '1'))).toMatchObject({ state: 'verified', initial: true });
  });

  it('is aborted with the metric and its value when the analysis failed', () => {
    const aborted = rollout({ phase: 'Degraded', abort: true, stableRS: 'old' });

    expect(judged(aborted, { analysisRuns: [analysis('Failed', '[0.7034]')] })).toEqual({
      state: 'aborted',
      reason: 'metric success-rate 0.7034 (Failed)',
    });
    expect(judged(aborted).reason).toBe('aborted by hand');
  });

  it('has an unknown outcome when the analysis was inconclusive', () => {
    const pauseConditions = [{ reason: 'InconclusiveAnalysisRun', startTime: '2030-01-01T00:00:00Z' }];
    const paused = rollout({ phase: 'Paused', stableRS: 'old', pauseConditions });

    expect(judged(paused, { analysisRuns: [analysis('Inconclusive', '[NaN]')] })).toEqual({
      state: 'unknown',
      reason: 'analysis was inconclusive: metric success-rate NaN (Inconclusive)',
    });
  });

  it('has failed when it is Degraded without an abort', () => {
    expect(judged(rollout({ phase: 'Degraded', message: 'ProgressDeadlineExceeded: stuck' }))).toEqual({
      state: 'failed',
      reason: 'ProgressDeadlineExceeded: stuck',
    });
  });

  it('is progressing on its way and says the weight and the step', () => {
    const step = {
      phase: 'Paused',
      message: 'CanaryPauseStep',
      stableRS: 'old',
      currentStepIndex: 1,
      canary: { weights: { canary: { weight: 10, podTemplateHash: 'new' }, stable: { weight: 90 } } },
    };
    const outcome = judged(rollout(step));

    expect(outcome).toEqual({ state: 'progressing', reason: 'CanaryPauseStep, canary takes 10 %' });
  });

  it('is not verified by the analysis of another version', () => {
    expect(judged(rollout(), { analysisRuns: [analysis('Failed', '[0]', 'old')] })).toEqual({
      state: 'verified',
      reason: '2 of 2 pods updated; no analysis ran',
    });
  });
});

describe('a blue-green Rollout', () => {
  const spec = { strategy: { blueGreen: { activeService: 'web' } } };

  it('is verified once active and stable are the new pods, while old ones are kept to go back to', () => {
    const pods = [pod('old', {}, oldImage)];

    expect(judged(rollout({ blueGreen: { activeSelector: 'new' } }, spec), { pods }).state).toBe('verified');
    expect(judged(rollout({ blueGreen: { activeSelector: 'old' } }, spec), { pods }).state).toBe('progressing');
  });

  it.each([
    ['Running', 'progressing'],
    ['Successful', 'verified'],
  ] as const)('whose analysis after the switch is %s is %s', (status, state) => {
    const postPromotionAnalysisRunStatus = { name: 'after', status };

    expect(judged(rollout({ blueGreen: { activeSelector: 'new', postPromotionAnalysisRunStatus } }, spec)).state).toBe(
      state,
    );
  });
});

describe('a Rollout that pauses', () => {
  function paused(reason: string, strategy: object): string {
    const pauseConditions = [{ reason, startTime: '2030-01-01T00:00:00Z' }];
    const status = { phase: 'Paused', message: reason, stableRS: 'old', currentStepIndex: 1, pauseConditions };
    return judged(rollout(status, { strategy })).reason;
  }
  const canary = (pause: object): object => ({ canary: { steps: [{ setWeight: 5 }, { pause }] } });
  const person = /^waits for a person: kubectl argo rollouts promote web -n web-dev goes on, .* abort .* takes it back/;

  it.each([
    ['2m', 'paused for 2m, step 2 of 2'],
    ['90', 'paused for 90 s, step 2 of 2'],
    [90, 'paused for 90 s, step 2 of 2'],
  ])('by itself says for how long: %s', (duration, said) => {
    expect(paused('CanaryPauseStep', canary({ duration }))).toBe(said);
  });

  it('until somebody says how it goes on says what to run', () => {
    expect(paused('CanaryPauseStep', canary({}))).toMatch(person);
    expect(paused('BlueGreenPause', { blueGreen: { activeService: 'web', autoPromotionEnabled: false } })).toMatch(
      person,
    );
    expect(paused('BlueGreenPause', { blueGreen: { activeService: 'web', autoPromotionSeconds: 30 } })).toBe(
      'paused for 30 s before the switch',
    );
  });
});
