import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { kustomizePath } from '@sluice/kustomize';
import { UserError } from '../core/errors.ts';
import { exec } from './exec.ts';
import { askToolchain } from './toolchain.ts';

/** A small build is over before collecting garbage pays, which otherwise is half of what it costs; the limit is for large ones. */
const sparingly = { GOGC: '800', GOMEMLIMIT: '256MiB' };

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
  const folder = mkdtempSync(join(tmpdir(), 'sluice-render-'));
  try {
    // At once: for so many small files, waiting for each costs more than writing it.
    for (const each of new Set([...files.keys()].map(dirname))) mkdirSync(join(folder, each), { recursive: true });
    for (const [path, text] of files) writeFileSync(join(folder, path), text);
    const env = { ...process.env, ...sparingly, ...offline };
    const built = await exec(await askToolchain(kustomizePath), ['build', join(folder, root)], { nothrow: true, env });
    if (built.code !== 0) {
      const said = built.stderr
        .trim()
        .replaceAll(`${folder}/`, '')
        .replace(/^Error: /, '');
      throw new UserError(`kustomize could not build ${root}: ${said}`, { hint: 'mend the file that it names' });
    }
    return built.stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
