import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import type { Progress, Step } from '@sluice/scripts/ui';
import { ensureTool, ToolError, type InstalledTool } from '@sluice/toolchain';

export type Tool = InstalledTool;

export interface ToolShelfOptions {
  root: string;
  state: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  signal: AbortSignal;
}

/** Tools by name, each made once. */
export interface ToolShelf {
  get(name: string): Promise<Tool>;
  /** Makes these one after the other in the background: a build uses every core, and the first are needed first. */
  announce(names: readonly string[]): void;
}

/** A shelf over the pinned tools; an announced tool that fails is an error of whoever gets it. */
export function createToolShelf(options: ToolShelfOptions): ToolShelf {
  const made = new Map<string, Promise<Tool>>();
  let queue: Promise<unknown> = Promise.resolve();

  function get(name: string): Promise<Tool> {
    const known = made.get(name);
    if (known !== undefined) return known;
    const tool = queue.then(() => make(name, options));
    made.set(name, tool);
    queue = tool.catch(() => undefined);
    return tool;
  }

  return {
    get,
    announce(names) {
      for (const name of names) get(name).catch(() => undefined);
    },
  };
}

async function make(name: string, options: ToolShelfOptions): Promise<Tool> {
  options.signal.throwIfAborted();
  let step: Step | undefined;
  try {
    const tool = await ensureTool(name, {
      root: options.root,
      state: options.state,
      env: options.env,
      signal: options.signal,
      onEvent(event) {
        if (event.phase === 'cached' || event.phase === 'done' || event.phase === 'failed') return;
        step ??= options.progress.step(`tool ${name}`);
        step.update(`${event.phase}: ${event.detail}`);
      },
    });
    step?.done(`${tool.version}, ${tool.source}`);
    return tool;
  } catch (error) {
    step?.fail();
    if (error instanceof ToolError) throw new UserError(error.message, { hint: error.hint, cause: error });
    throw error;
  }
}

/** Puts tools under their own names into the folder `bin`, replacing older links at once. */
export async function linkTools(bin: string, binaries: Record<string, string>): Promise<void> {
  await mkdir(bin, { recursive: true });
  for (const [name, target] of Object.entries(binaries)) {
    const draft = join(bin, `.${name}.${process.pid}`);
    await rm(draft, { force: true });
    await symlink(target, draft);
    await rename(draft, join(bin, name));
  }
}
