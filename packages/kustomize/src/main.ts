import { flushCompileCache } from 'node:module';
import { kustomizePath } from './path.ts';

/**
 * Becomes the pinned kustomize: the process itself is replaced, so arguments, standard streams, signals and
 * exit code need no passing on. Returns only if that fails, with the reason on stderr and exit code 1.
 */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const path = await kustomizePath();
    flushCompileCache();
    process.execve?.(path, [path, ...args], process.env);
    throw new Error('the kustomize wrapper cannot replace its process on this system; it needs Linux or macOS');
  } catch (error) {
    process.stderr.write(`error: ${describe(error)}\n`);
    process.exitCode = 1;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ('hint' in error) return `${error.message}\n  ${String(error.hint)}`;
  if ('syscall' in error && error.syscall === 'execve') {
    return `kustomize does not run here: ${error.message}\n  It is no program for ${process.platform} ${process.arch}; correct or unset KUSTOMIZE_BIN, or remove the file.`;
  }
  return error.message;
}
