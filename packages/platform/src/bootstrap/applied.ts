import type { Platform } from '../platform.ts';
import { apply, getObject } from './kubectl.ts';

/** In the cluster itself, so that it lives and ends with what it speaks of. */
const record = { namespace: 'kube-system', name: 'sluice-applied' };

/** What was applied last, by name: the hash of its sources. */
export async function readApplied(platform: Platform): Promise<Record<string, string>> {
  const found = await getObject<{ data?: Record<string, string> }>(
    platform,
    'configmap',
    record.namespace,
    record.name,
  );
  return found?.data ?? {};
}

/** Records that `name` was applied from sources with this hash; others are not touched. */
export async function recordApplied(platform: Platform, name: string, hash: string): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: record, data: { [name]: hash } };
  // Each name has a manager of its own: an apply takes away what the same manager said before and no longer says.
  await apply(platform, JSON.stringify(object), `sluice-applied-${name}`);
}
