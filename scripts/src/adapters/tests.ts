import { join } from 'node:path';
import { exec } from './exec.ts';

/** Runs the `test` script of the package in a folder. Gives what it printed, and whether it passed. */
export async function runTests(
  root: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<{ passed: boolean; output: string }> {
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('VITEST')));
  const result = await exec(process.execPath, ['--run', 'test'], {
    cwd: join(root, folder),
    env: { ...clean, CI: 'true', NO_COLOR: '1' },
    nothrow: true,
  });
  return { passed: result.code === 0, output: `${result.stdout}${result.stderr}` };
}
