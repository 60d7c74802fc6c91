import { createProgress } from '@sluice/scripts/ui';
import { stateFolder } from '@sluice/toolchain';
import type { Host } from './platform.ts';
import { withLocalDirect } from './proxy.ts';
import { readSettings } from './settings.ts';
import { createPaths } from './state.ts';
import { createToolShelves, type ToolShelves } from './tools.ts';

export interface HostOptions {
  root: string;
  env: NodeJS.ProcessEnv;
  /** Where progress is told. */
  stream: NodeJS.WriteStream;
  signal: AbortSignal;
}

/** The host as the stages see it, and the shelves behind its tools. */
export async function createHost(options: HostOptions): Promise<{ host: Host; shelves: ToolShelves }> {
  const { root, stream, signal } = options;
  const settings = await readSettings(root);
  const env = withLocalDirect(options.env, settings);
  const paths = createPaths(stateFolder(env));
  const progress = createProgress({ stream });
  const shelves = createToolShelves({ root, state: paths.state, env, progress, signal });
  const { tools, files } = shelves;
  return { host: { root, env, settings, paths, progress, signal, tool: tools.get, files: files.get }, shelves };
}
