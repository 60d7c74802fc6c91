import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';

/** Whether a path is a file that this user may run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The absolute path of the program that KUSTOMIZE_BIN names.
 * @throws ToolError if there is no such program
 */
export async function requireExecutable(chosen: string): Promise<string> {
  const path = resolve(chosen);
  if (isExecutable(path)) return path;
  const { ToolError } = await import('@sluice/toolchain');
  throw new ToolError(
    `KUSTOMIZE_BIN is ${chosen}, which is no program that can be run`,
    'Set it to an executable file, or unset it to have the pinned version.',
  );
}
