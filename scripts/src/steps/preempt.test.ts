import { expect, it, onTestFinished } from 'vitest';
import { addressOf, startCluster, type KubernetesObject } from '../../test/cluster-server.ts';
import { contextIn } from '../../test/context.ts';
import { secondVersionWorkshop } from '../../test/workshop.ts';
import { reconcile } from '../commands/reconcile.ts';
import { rollback } from '../commands/rollback.ts';

const path = addressOf.application('web-staging');

/** An application whose sync to a revision waits for its next attempt. */
function syncing(revision: string, phase = 'Running'): KubernetesObject {
  return {
    metadata: { name: 'web-staging', resourceVersion: '1' },
    operation: { sync: { revision } },
    status: { operationState: { phase, syncResult: { revision } }, sync: { revision } },
  };
}

it('ends a running sync to what is rolled back, before Argo CD is told to look, and no other', async () => {
  const workshop = await secondVersionWorkshop();
  await workshop.record('dev', 'jobs', 'verified');
  const bad = await workshop.head('deploy/staging');
  let looks = 0;
  const { objects, writes, kubeconfig, stop } = await startCluster((cluster) => {
    const { metadata } = cluster.objects.get(path) ?? {};
    // Argo CD writes to it between the look and the first attempt.
    if (looks++ === 0 && metadata !== undefined) setImmediate(() => (metadata.resourceVersion = '2'));
  });
  onTestFinished(stop);
  await workshop.useCluster(kubeconfig);
  const phase = (): unknown =>
    (objects.get(path) as { status: { operationState: { phase: string } } }).status.operationState.phase;

  objects.set(path, syncing(bad));
  const context = contextIn(workshop);
  const options = { env: 'staging', to: 'previous', holdFor: '1h', wait: true, deadline: 1 };
  expect(await rollback(context, 'web', options), context.said()).toBe(1);
  expect(context.said()).toContain(`ended the sync of web-staging to ${bad.slice(0, 12)}`);
  expect(phase()).toBe('Terminating');
  expect(writes()).toEqual([
    expect.stringContaining('"resourceVersion":"1"'),
    expect.stringMatching(/^PATCH .*"resourceVersion":"2".*"phase":"Terminating"/),
    expect.stringContaining('argocd.argoproj.io/refresh'),
  ]);

  const landing = await workshop.head('deploy/staging');
  for (const other of [syncing(landing), syncing(bad, 'Succeeded')]) {
    objects.set(path, other);
    const again = contextIn(workshop);
    await reconcile(again, { deadline: 1 });
    expect(again.said()).not.toContain('ended the sync');
    expect(phase()).not.toBe('Terminating');
  }
});
