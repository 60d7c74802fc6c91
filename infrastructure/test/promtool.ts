import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findTool, stateFolder } from '@sluice/toolchain';
import { root } from './kustomize.ts';

/** The pinned promtool, where it has been made already: from nothing it would take minutes. */
export async function findPromtool(): Promise<string | undefined> {
  const tool = await findTool('prometheus', { root, state: stateFolder(process.env), env: process.env });
  return tool?.bin['promtool'];
}

/** Runs promtool; gives its output, whether it says yes or no. */
export async function runPromtool(promtool: string, args: readonly string[]): Promise<{ ok: boolean; output: string }> {
  try {
    const { stdout } = await promisify(execFile)(promtool, args);
    return { ok: true, output: stdout };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { ok: false, output: `${stdout}${stderr}` };
  }
}
