import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { application, deployment, image, pod, warning } from '../../test/cluster-objects.ts';
import { startKubernetes, type TestKubernetes } from '../../test/kubernetes-server.ts';
import { temporaryFolder } from '../../test/temporary.ts';
import { createGit } from '../adapters/git.ts';
import type { Context } from '../context.ts';
import { parseConfig } from '../core/config.ts';
import type { Plan } from '../core/plan.ts';
import { createProgress } from '../ui/index.ts';
import { follow, type Followed } from './follow.ts';
import type { Repository } from './repository.ts';

const config = parseConfig(`registry: r
argocd: {cluster: cluster, namespace: argocd}
environments: [{name: dev, cluster: cluster, namespace: "{app}-dev", delivery: true}]
apps: {web: {strategy: rolling}}
`);
const manifests = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: app, image: "${image}"}]}}}
`;
const landedAt = new Date('2030-01-01T12:00:00Z');
const paths = {
  application: '/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/web-dev',
  deployment: '/apis/apps/v1/namespaces/web-dev/deployments/web',
  pods: '/api/v1/namespaces/web-dev/pods?labelSelector=app%3Dweb',
  events: '/api/v1/namespaces/web-dev/events?fieldSelector=type%3DWarning',
  log: '/api/v1/namespaces/web-dev/pods/web-1/log',
};
const previousLog = `${paths.log}?container=app&previous=true&tailLines=20&limitBytes=65536`;

let kubernetes: TestKubernetes;
let commit: string;
let repository: Repository;

beforeEach(async () => {
  kubernetes = await startKubernetes();
  const folder = await temporaryFolder();
  execFileSync('git', ['init', '--quiet', folder]);
  const git = createGit(folder, { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' });
  const files = new Map([['web/manifests.yaml', manifests]]);
  const at = landedAt.getTime() / 1000;
  const by = { name: 'Ann', email: 'a@b.c' };
  [commit = ''] = await git.commit(undefined, { files, message: 'Land\n', by, at });
  const remote = { name: 'local', url: folder, profile: undefined, registry: undefined };
  repository = {
    folder,
    git,
    config,
    remote: { ...remote, kubeconfig: kubernetes.kubeconfig },
  } as unknown as Repository;
  const status = { ...application.status, sync: { status: 'Synced', revision: commit } };
  kubernetes.answers.set(paths.application, { ...application, status });
  kubernetes.answers.set(paths.deployment, deployment());
});

/** Follows the landing with a clock that only waiting moves, as `waits` is told; what is narrated goes nowhere. */
async function followed(deadline = 60, waits: (times: number) => void = () => {}): Promise<Followed> {
  let now = landedAt.getTime();
  let times = 0;
  const clock = {
    now: () => new Date(now),
    async wait(milliseconds: number) {
      now += milliseconds;
      waits(++times);
    },
  };
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() }) as NodeJS.WriteStream;
  const where = { app: 'web', environment: 'dev', namespace: 'web-dev' };
  const release = { ...where, release: '0'.repeat(12), digest: 'd', tag: 't' };
  const changes = [{ app: 'web', release, manifests, verdicts: [], reason: '', previous: undefined }];
  const plan = { verb: 'delivery', environment: 'dev', by: 'Ann <a@b.c>', changes } as unknown as Plan;
  const progress = createProgress({ stream, heartbeatMs: 1e9 });
  const context = { clock, env: {}, stderr: stream } as unknown as Context;
  const [result] = await follow(context, repository, { plan, commit }, { deadline, progress, lookEvery: 5000 });
  progress.close();
  if (result === undefined) throw new Error('nothing was followed');
  return result;
}

describe('a landing', () => {
  it('is verified once it has been for ten seconds, and no log is read', async () => {
    const { record, why } = await followed();

    expect(record.outcome).toEqual({ state: 'verified', reason: '2 of 2 pods updated and available' });
    expect(record.at).toBe('2030-01-01T12:00:10.000Z');
    expect(why).toBeUndefined();
    expect(kubernetes.asked.filter((each) => each.includes('/log'))).toEqual([]);
  });

  it('that fails says which container, and the last lines of its run before, without credentials', async () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'stuck' }];
    const crash = { restartCount: 3, state: { waiting: { reason: 'CrashLoopBackOff' } } };
    const lastState = { terminated: { exitCode: 1, reason: 'Error' } };
    kubernetes.answers.set(paths.deployment, deployment({ conditions }));
    kubernetes.answers.set(paths.pods, { items: [pod('web-1', { ...crash, lastState })] });
    kubernetes.answers.set(previousLog, 'starting\npassword=hunter2\nError: no database\n');
    const { record, why } = await followed();
    const crashed = 'pod web-1 container app ended by itself: CrashLoopBackOff, exit 1 (Error), 3 restarts';

    expect(record.outcome).toEqual({ state: 'failed', reason: `ProgressDeadlineExceeded: stuck; ${crashed}` });
    expect(why).toMatchObject({ cause: 'crash', pod: 'web-1', container: 'app' });
    expect(why?.lines).toEqual(['starting', '(redacted)', 'Error: no database']);
    expect(JSON.stringify(record)).not.toContain('database');
  });

  it('that fails shows the run now where there is no log of the one before, and none where none may be read', async () => {
    const crash = { restartCount: 1, state: { running: {} }, lastState: { terminated: { exitCode: 1 } } };
    kubernetes.answers.set(paths.deployment, deployment({ updatedReplicas: 1 }));
    kubernetes.answers.set(paths.pods, { items: [pod('web-1', crash)] });
    kubernetes.answers.set(previousLog, 400);
    kubernetes.answers.set(previousLog.replace('true', 'false'), 'now\n');
    const { record, why } = await followed();

    expect(record.outcome).toEqual({
      state: 'timed-out',
      reason:
        'no end after 60 s: 1 of 2 pods updated, 2 available; pod web-1 container app ended by itself: exit 1, 1 restart',
    });
    expect(why?.lines).toEqual(['now']);

    kubernetes.answers.set(previousLog.replace('true', 'false'), 403);
    expect((await followed()).why?.lines).toEqual([]);
  });

  it('names what keeps pods from being created, by events since the landing alone', async () => {
    const refused = (at: string) =>
      warning('ReplicaSet web-6d4cf56db6', 'FailedCreate', 'Error creating: exceeded quota: compute', at);
    kubernetes.answers.set(paths.deployment, deployment({ updatedReplicas: 0 }));
    kubernetes.answers.set(paths.events, { items: [refused('2030-01-01T11:00:00Z')] });
    expect((await followed()).record.outcome.reason).toBe('no end after 60 s: 0 of 2 pods updated, 2 available');

    kubernetes.answers.set(paths.events, { items: [refused('2030-01-01T12:00:05Z')] });
    expect((await followed()).record.outcome.reason).toBe(
      'no end after 60 s: 0 of 2 pods updated, 2 available; ReplicaSet web-6d4cf56db6 may not create pods: exceeded quota: compute',
    );
    const asked = kubernetes.asked.filter((each) => each.includes('/events')).length;
    expect(asked).toBeLessThan(kubernetes.asked.filter((each) => each.includes('/deployments')).length);
  });

  it('is unknown, not failed, where the cluster does not say', async () => {
    kubernetes.answers.set(paths.deployment, 403);
    const { record } = await followed();

    expect(record.outcome.state).toBe('unknown');
    expect(record.outcome.reason).toMatch(/^no answer after 60 s: the cluster at http:\S+ answered 403 for \S+\/web: /);
  });

  it('is told to an API server that starts anew once that answers again, and is unknown where it never does', async () => {
    const there = kubernetes.answers.get(paths.application);
    kubernetes.answers.set(paths.application, 503);
    const told = await followed(60, (times) => {
      if (times === 3) kubernetes.answers.set(paths.application, there);
    });
    expect(told.record.outcome.state).toBe('verified');
    expect(kubernetes.asked.filter((each) => each === `PATCH ${paths.application}`)).toHaveLength(1);

    kubernetes.answers.set(paths.application, 503);
    const { outcome } = (await followed()).record;
    expect(outcome.state).toBe('unknown');
    expect(outcome.reason).toMatch(/^the cluster at http:\S+ answered 503 for \S+\/web-dev: /);
  });

  it('is unknown at its deadline where an API server never answers', async () => {
    kubernetes.answers.set(paths.application, 503);
    const { at, outcome } = (await followed(3)).record;

    expect(outcome.state).toBe('unknown');
    expect(Date.parse(at) - landedAt.getTime()).toBeLessThanOrEqual(3000);
  });

  it('is unknown at once where the kubeconfig gives no access', async () => {
    const text = await readFile(kubernetes.kubeconfig, 'utf8');
    await writeFile(kubernetes.kubeconfig, text.replace('"insecure-skip-tls-verify":true', '"x":1'));

    expect((await followed()).record.outcome.reason).toMatch(/^the kubeconfig gives no access to http:/);
  });

  it('is unknown at once where the kubeconfig does not know the cluster', async () => {
    repository = { ...repository, config: { ...config, argocd: { cluster: 'other', namespace: 'argocd' } } };

    expect((await followed()).record.outcome).toEqual({
      state: 'unknown',
      reason: 'the kubeconfig has no context "other"',
    });
  });
});
