import { join } from 'node:path';
import { readAnswer, writeAnswer } from './answer.ts';
import { requireExecutable } from './executable.ts';

export interface KustomizeOptions {
  /** KUSTOMIZE_BIN, and what names the state folder and the tool sources. */
  env?: NodeJS.ProcessEnv;
  /** The repository's root, which holds the pins. */
  root?: string;
  /** Told what is done while the binary has to be made, one line at a time; stderr unless said otherwise. */
  narrate?: (line: string) => void;
}

/**
 * The absolute path of the kustomize to use: KUSTOMIZE_BIN where it is set, else the pinned one, made where it is missing.
 * Once made, the answer costs a few file reads.
 * @throws ToolError if KUSTOMIZE_BIN names no program, or the pinned one can be had from nowhere
 */
export async function kustomizePath(options: KustomizeOptions = {}): Promise<string> {
  const { env = process.env, root = join(import.meta.dirname, '../../..') } = options;
  const chosen = env['KUSTOMIZE_BIN'];
  if (chosen !== undefined && chosen !== '') return requireExecutable(chosen);
  return readAnswer(root, env) ?? (await resolve(root, env, options.narrate ?? narrateOnStderr));
}

async function resolve(root: string, env: NodeJS.ProcessEnv, narrate: (line: string) => void): Promise<string> {
  // Loaded late: reading and checking the pins takes longer than a small build.
  const { ensureTool, stateFolder, ToolError } = await import('@sluice/toolchain');
  const { bin, version } = await ensureTool('kustomize', {
    root,
    state: stateFolder(env),
    env,
    onEvent({ phase, detail }) {
      if (phase !== 'cached') narrate(`kustomize: ${phase} ${detail}`);
    },
  });
  const path = bin['kustomize'];
  if (path === undefined) {
    throw new ToolError(`the tool kustomize ${version} has no binary of that name`, 'Correct its pin in tools.yaml.');
  }
  writeAnswer(root, env, path);
  return path;
}

function narrateOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}
