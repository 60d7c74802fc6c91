import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../platform.ts';
import { until } from '../wait.ts';
import { readApplied, recordApplied } from './applied.ts';
import { componentManifests, type Applied } from './components.ts';
import { apply, kubectl } from './kubectl.ts';
import { isDefinition, joinManifest, splitManifest } from './split.ts';
import { upstreamFiles } from './upstream-files.ts';

/** Applies a component's custom resource definitions and waits until the API serves them; nothing where it has none. */
export async function applyDefinitions(platform: Platform, name: Applied): Promise<void> {
  const { definitions } = componentManifests[name];
  if (definitions === undefined) return;
  const text = await readFile(join(await upstreamFiles(platform, name), definitions), 'utf8');
  const hash = createHash('sha256').update(text).digest('hex');
  const key = `${name}-definitions`;
  if ((await readApplied(platform))[key] === hash) return;
  const stream = joinManifest(splitManifest(text).filter(isDefinition));
  await applyDefinitionsOf(platform, stream);
  await recordApplied(platform, key, hash);
}

interface Definition {
  metadata: { name: string };
  status?: { conditions?: { type: string; status: string }[] | null };
}

/**
 * Applies some custom resource definitions and waits until the API serves them. Not by `kubectl wait`, which fails where a
 * definition is so new that it has no conditions yet ("accessor error: <nil> is of the type <nil>").
 */
export async function applyDefinitionsOf(platform: Platform, stream: string): Promise<void> {
  await apply(platform, stream);
  await until(
    'the API to serve its new definitions',
    async () => {
      const found = JSON.parse(await kubectl(platform, ['get', '--filename', '-', '--output', 'json'], stream)) as
        | Definition
        | { items: Definition[] };
      const waiting = unserved('items' in found ? found.items : [found]);
      if (waiting.length > 0) throw new Error(`waiting for ${waiting.join(', ')}`);
      return true;
    },
    { timeout: 60_000, signal: platform.signal },
  );
}

/** The names of those definitions that the API does not serve yet. */
export function unserved(definitions: readonly Definition[]): string[] {
  const isServed = ({ status }: Definition): boolean =>
    status?.conditions?.some((each) => each.type === 'Established' && each.status === 'True') ?? false;
  return definitions.filter((each) => !isServed(each)).map(({ metadata }) => metadata.name);
}
