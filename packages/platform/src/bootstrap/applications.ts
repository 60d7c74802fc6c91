import type { Platform } from '../platform.ts';
import { until } from '../wait.ts';
import { kubectl } from './kubectl.ts';

const kind = 'applications.argoproj.io';
const refresh = 'argocd.argoproj.io/refresh';

/** Milliseconds for pods that a stopped platform has to start again; one that never starts is no reason to wait longer. */
const patience = 90_000;

interface Application {
  metadata: { name: string; annotations?: Record<string, string> };
  status?: { health?: { status?: string } };
}

/**
 * Waits until every application of Argo CD is well, at most 90 s; what is not by then is a note and no error, since the
 * platform itself is up. An application that waits for a person, as in the pause of a canary, is well.
 */
export async function applicationsWell(platform: Platform): Promise<void> {
  const { progress, signal } = platform;
  const step = progress.step('apps');
  let ill: string[] = [];
  try {
    // What Argo CD says of a cluster that was away is from before, until it has looked again.
    await kubectl(platform, ['annotate', kind, '--all', '--overwrite', `${refresh}=normal`, '--namespace', 'argocd']);
    await until(
      'apps',
      async () => {
        ill = (await applications(platform)).filter(isIll).map(describe);
        if (ill.length > 0) step.update(ill.join(', '));
        return ill.length === 0 ? true : undefined;
      },
      { timeout: patience, every: 1000, signal },
    );
    step.done();
  } catch (error) {
    step.fail();
    signal.throwIfAborted();
    if (ill.length === 0) throw error;
    progress.note(`not well after ${patience / 1000} s: ${ill.join(', ')}; see: pnpm run status`);
  }
}

async function applications(platform: Platform): Promise<Application[]> {
  const text = await kubectl(platform, ['get', kind, '--namespace', 'argocd', '--output', 'json']);
  return (JSON.parse(text) as { items: Application[] }).items;
}

function isIll({ metadata, status }: Application): boolean {
  const isStale = metadata.annotations?.[refresh] !== undefined;
  return isStale || !['Healthy', 'Suspended'].includes(status?.health?.status ?? '');
}

function describe({ metadata, status }: Application): string {
  return `${metadata.name} ${status?.health?.status ?? 'Unknown'}`;
}
