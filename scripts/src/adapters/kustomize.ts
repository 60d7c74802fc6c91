import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { kustomizePath } from '@sluice/kustomize';
import { UserError } from '../core/errors.ts';
import { exec } from './exec.ts';

/** A build is over before collecting garbage pays, which otherwise is half of what it costs; the limit is for large ones. */
const sparingly = { GOGC: 'off', GOMEMLIMIT: '256MiB' };

/** What is rendered comes from the files alone: no Git protocol is allowed, and what goes through a proxy goes nowhere. */
const offline = {
  GIT_ALLOW_PROTOCOL: 'none',
  HTTP_PROXY: 'http://127.0.0.1:9',
  HTTPS_PROXY: 'http://127.0.0.1:9',
  NO_PROXY: '',
};

/**
 * Runs `kustomize build` over files that exist only for it: `files` by path, `root` the folder to start from.
 * Gives the rendered YAML. Throws UserError with what kustomize said, its temporary folder cut from the paths.
 */
export async function kustomizeBuild(files: ReadonlyMap<string, string>, root: string): Promise<string> {
  const outside = [...files.keys()].find(
    (path) => normalize(path) !== path || path.startsWith('..') || isAbsolute(path),
  );
  if (outside !== undefined) throw new UserError(`${JSON.stringify(outside)} is no path within a repository`);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-render-'));
  try {
    const folders = new Set([...files.keys()].map((path) => dirname(join(folder, path))));
    for (const each of folders) await mkdir(each, { recursive: true });
    await Promise.all([...files].map(([path, text]) => writeFile(join(folder, path), text)));
    const env = { ...process.env, ...sparingly, ...offline };
    const built = await exec(await findKustomize(), ['build', join(folder, root)], { nothrow: true, env });
    if (built.code !== 0) {
      const said = built.stderr
        .trim()
        .replaceAll(`${folder}/`, '')
        .replace(/^Error: /, '');
      throw new UserError(`kustomize could not build ${root}: ${said}`, { hint: 'mend the file that it names' });
    }
    return built.stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function findKustomize(): Promise<string> {
  try {
    return await kustomizePath();
  } catch (error) {
    // Loading the toolchain takes 0.3 s, which only a failure is worth.
    const { ToolError } = await import('@sluice/toolchain');
    if (!(error instanceof ToolError)) throw error;
    throw new UserError(error.message, { hint: error.hint, cause: error });
  }
}
