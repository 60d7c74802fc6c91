import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from './exec.ts';

/**
 * Has pnpm link the packages of the workspace and note them in the lockfile: with the pnpm that runs this, or else the
 * one that package.json names.
 */
export async function installPackages(root: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ['install', '--no-frozen-lockfile', '--prefer-offline'];
  const [command, ...before] = await pnpm(root, env['npm_execpath']);
  await exec(command, [...before, ...args], { cwd: root, env });
}

async function pnpm(root: string, running: string | undefined): Promise<[string, ...string[]]> {
  if (running?.includes('pnpm') === true) return /\.[cm]?js$/.test(running) ? [process.execPath, running] : [running];
  const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    packageManager: string;
  };
  return ['npx', '--yes', packageManager];
}
