import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, run } from '../run.ts';

/**
 * Installs the locked dependencies of the workspace in `folder`, from the store alone where it has them all.
 * Uses the pnpm on PATH when its major version is the one that package.json's `packageManager` names, else npx.
 */
export async function installDependencies(
  folder: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const [command = 'npx', ...first] = await findPnpm(folder, env);
  const all = [...first, 'install', '--frozen-lockfile', ...args];
  // CI: no question is asked where nobody can answer.
  const options = { cwd: folder, env: { ...env, CI: 'true' } };
  const offline = await attempt(command, [...all, '--offline'], options);
  if (offline.code !== 0) {
    await run(command, all, { ...options, hint: 'mend that, or see whether the package registry answers' });
  }
}

async function findPnpm(folder: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { packageManager?: string };
  const version = /^pnpm@([^+]+)/.exec(manifest.packageManager ?? '')?.[1] ?? 'latest';
  // Outside of the workspace, where pnpm would answer with the version that it pins.
  const found = await attempt('pnpm', ['--version'], { env, cwd: tmpdir() }).catch(() => undefined);
  const major = (text: string): string | undefined => /^\d+/.exec(text.trim())?.[0];
  if (found?.code === 0 && major(found.stdout) === major(version)) return ['pnpm'];
  return ['npx', '--yes', `pnpm@${version}`];
}
