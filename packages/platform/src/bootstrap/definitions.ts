import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Platform } from '../platform.ts';
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
  await apply(platform, stream);
  await kubectl(platform, ['wait', '--for=condition=Established', '--timeout=60s', '--filename', '-'], stream);
  await recordApplied(platform, key, hash);
}
