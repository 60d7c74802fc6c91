import { describe, expect, it } from 'vitest';
import { deployment, job } from '../../../test/cluster-objects.ts';
import { podSelector, runsAll, wantedWorkloads } from './workload.ts';

describe('wantedWorkloads', () => {
  it('reads kind, name, namespace and images of everything that runs, whatever it is called', () => {
    const manifests = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: other}
spec: {template: {spec: {initContainers: [{name: i, image: init@sha256:1}], containers: [{name: a, image: "b:1"}]}}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly}
spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: c}]}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: store}}
`;

    expect(wantedWorkloads(manifests, 'web-dev', 'web')).toEqual([
      { kind: 'StatefulSet', name: 'store', namespace: 'other', images: ['init@sha256:1', 'b:1'] },
      { kind: 'CronJob', name: 'nightly', namespace: 'web-dev', images: ['c'] },
    ]);
  });

  it('marks hooks, and leaves out what is only called like a workload', () => {
    const manifests = `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {argocd.argoproj.io/hook: Sync}}
---
{apiVersion: example.com/v1, kind: Deployment, metadata: {name: web}}
`;
    const job = { kind: 'Job', name: 'migrate', namespace: 'n', images: [] };

    expect(wantedWorkloads(manifests, 'n', 'web')).toEqual([{ ...job, hook: true }]);
    expect(wantedWorkloads(manifests.replace('hook: Sync', 'note: x'), 'n', 'web')).toEqual([job]);
  });
});

describe('runsAll', () => {
  it.each([
    [['r/web:t@sha256:1'], ['other/web@sha256:1'], true],
    [['r/web:t@sha256:1'], ['r/web:t@sha256:2'], false],
    [['r/web:t'], ['r/web:t', 'sidecar'], true],
    [['r/web:t'], ['r/web:u'], false],
    [['a', 'b'], ['a'], false],
  ])('%j in %j: %s', (wanted, there, expected) => {
    expect(runsAll(wanted, there)).toBe(expected);
  });
});

describe('podSelector', () => {
  it('says the labels and expressions of a selector as the API takes them', () => {
    const matchExpressions = [
      { key: 'tier', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
    ];

    expect(podSelector(deployment())).toBe('app=web');
    expect(podSelector(deployment({}, { selector: { matchExpressions } }))).toBe('tier in (a,b),!old');
    expect(podSelector(job())).toBeUndefined();
  });
});
