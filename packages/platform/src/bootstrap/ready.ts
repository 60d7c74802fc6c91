import { UserError } from '@sluice/scripts/errors';
import type { Platform } from '../platform.ts';
import { tryKubectl } from './kubectl.ts';

/** Longest wait for a workload in seconds: its image is pulled and started on a machine that may be compiling. */
const patience = 300;

/**
 * Waits until every workload is rolled out.
 * @param onWaiting gets the names that are still awaited, each time there is one less
 * @throws UserError which is not ready, and what its pods say
 */
export async function workloadsReady(
  platform: Platform,
  namespace: string,
  workloads: readonly string[],
  onWaiting: (names: readonly string[]) => void,
): Promise<void> {
  if (workloads.length === 0) return;
  const waiting = new Set(workloads.map((workload) => workload.replace(/^.*\//, '')));
  onWaiting([...waiting]);
  const results = await Promise.all(
    workloads.map(async (workload) => {
      const args = ['rollout', 'status', workload, '--namespace', namespace, `--timeout=${patience}s`];
      const result = await tryKubectl(platform, args);
      waiting.delete(workload.replace(/^.*\//, ''));
      if (waiting.size > 0) onWaiting([...waiting]);
      return { workload, result };
    }),
  );
  const late = results.filter(({ result }) => result.code !== 0);
  if (late.length === 0) return;
  platform.signal.throwIfAborted();
  const pods = await tryKubectl(platform, ['get', 'pods', '--namespace', namespace]);
  const kubectl = `KUBECONFIG=${platform.driver.kubeconfig} kubectl --namespace ${namespace}`;
  throw new UserError(`not ready in ${namespace}: ${late.map(({ workload }) => workload).join(', ')}`, {
    hint: [
      ...late.map(({ result }) => result.stderr.trim()),
      pods.stdout.trim(),
      `see: ${kubectl} describe ${late[0]?.workload ?? 'pods'}; ${kubectl} get events; then run: pnpm start`,
    ].join('\n'),
  });
}

/** Whether all of them exist, ready or not. */
export async function workloadsExist(
  platform: Platform,
  namespace: string,
  workloads: readonly string[],
): Promise<boolean> {
  if (workloads.length === 0) return true;
  const { code } = await tryKubectl(platform, ['get', ...workloads, '--namespace', namespace, '--output', 'name']);
  return code === 0;
}
