import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readPins } from '@sluice/toolchain';
import { toolOrder } from './components.ts';
import { describeMissing, missingCommands } from './host-packages.ts';
import type { Platform } from './platform.ts';

export interface StartPlan {
  /** The tools that the driver's platform needs, in the order in which they are made. */
  tools: string[];
  missingTools: string[];
  lines: string[];
}

/** What a start is going to have and from where, for people to read before anything happens. */
export async function planStart(platform: Platform): Promise<StartPlan> {
  const { driver, paths, settings, env } = platform;
  const { tools } = await readPins(platform.root);
  // Upstream's images hold their own binaries.
  const needed = toolOrder.filter((name) => driver.localImages || name === 'kustomize' || driver.tools.includes(name));
  // Near enough for a plan: the toolchain itself also compares the hash in the folder's name.
  const isCached = (name: string): boolean => listed(join(paths.tools, name), `${tools[name]?.version}-`);
  const label = (name: string): string => `${name} ${tools[name]?.version ?? ''}`.trim();
  const cachedTools = needed.filter(isCached);
  const missingTools = needed.filter((name) => !isCached(name));
  const missing = missingCommands(driver.commands, env);
  const mirror = env['SLUICE_MIRROR'];
  const sources = [...(mirror === undefined ? [] : [`the mirror ${mirror}`]), 'release', 'source'].join(', else ');
  const disk = missingTools.length > 0 ? settings.needs.diskFirst : settings.needs.diskLater;
  const memory = driver.name === 'context' ? '' : `, ${settings.needs.memory} GiB of memory`;
  return {
    tools: needed,
    missingTools,
    lines: [
      `driver   ${driver.name}: ${driver.summary}`,
      `state    ${paths.state} (${disk} GiB of disk${memory})`,
      `cached   ${cachedTools.map(label).join(', ') || 'no tool yet'}`,
      ...(missingTools.length > 0 ? [`get      ${missingTools.map(label).join(', ')}: ${sources}`] : []),
      ...describeMissing(missing).map((line) => `install  ${line}`),
      `ports    ${driver.ports.map(({ key, port }) => `${key} ${port}`).join(', ')}`,
    ],
  };
}

/** True where a finished tool lies in a folder whose name starts so. */
function listed(folder: string, prefix: string): boolean {
  return (
    existsSync(folder) &&
    readdirSync(folder).some((name) => name.startsWith(prefix) && existsSync(join(folder, name, 'complete')))
  );
}
