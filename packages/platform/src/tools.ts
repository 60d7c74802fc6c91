import { mkdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import type { Progress, Step } from '@sluice/scripts/ui';
import { ensureFiles, ensureTool, ToolError, type InstalledTool, type ToolEvent } from '@sluice/toolchain';

export type Tool = InstalledTool;

export interface ToolShelfOptions {
  root: string;
  state: string;
  env: NodeJS.ProcessEnv;
  progress: Progress;
  signal: AbortSignal;
}

/** Things by the name of their tool, each made once. */
export interface Shelf<T> {
  get(name: string): Promise<T>;
  /** Makes these one after the other in the background: a build uses every core, and the first are needed first. */
  announce(names: readonly string[]): void;
}

export interface ToolShelves {
  tools: Shelf<Tool>;
  /** Folders of upstream files, undefined where a tool has none; they wait for no tool. */
  files: Shelf<string | undefined>;
}

/** Shelves over the pinned tools; what is announced and fails is an error of whoever gets it. */
export function createToolShelves(options: ToolShelfOptions): ToolShelves {
  const { root, state, env, signal } = options;
  const shared = { root, state, env, signal };
  return {
    tools: createShelf((name) =>
      told(options, `tool ${name}`, {
        work: (onEvent) => ensureTool(name, { ...shared, onEvent }),
        outcome: ({ version, source }) => `${version}, ${source}`,
      }),
    ),
    files: createShelf((name) =>
      told(options, `upstream files of ${name}`, { work: (onEvent) => ensureFiles(name, { ...shared, onEvent }) }),
    ),
  };
}

function createShelf<T>(make: (name: string) => Promise<T>): Shelf<T> {
  const made = new Map<string, Promise<T>>();
  let queue: Promise<unknown> = Promise.resolve();

  function get(name: string): Promise<T> {
    const known = made.get(name);
    if (known !== undefined) return known;
    const thing = queue.then(() => make(name));
    made.set(name, thing);
    queue = thing.catch(() => undefined);
    return thing;
  }

  return {
    get,
    announce(names) {
      for (const name of names) get(name).catch(() => undefined);
    },
  };
}

interface Telling<T> {
  work: (onEvent: (event: ToolEvent) => void) => Promise<T>;
  outcome?: (result: T) => string;
}

/** Runs `work` and tells of it under `title`, unless all is there already. */
async function told<T>(options: ToolShelfOptions, title: string, { work, outcome }: Telling<T>): Promise<T> {
  options.signal.throwIfAborted();
  let step: Step | undefined;
  try {
    const result = await work(({ phase, detail }) => {
      if (phase === 'cached' || phase === 'done' || phase === 'failed') return;
      step ??= options.progress.step(title);
      step.update(`${phase}: ${detail}`);
    });
    step?.done(outcome?.(result));
    return result;
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
