import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ensureTool, findTool, stateFolder } from '@sluice/toolchain';

const root = join(import.meta.dirname, '..');
const requirements = join(import.meta.dirname, 'requirements.txt');
const run = promisify(execFile);

/** A program that looks at the workflows of a repository: where it is, undefined where it has not been made, and how it is run. */
export interface Linter {
  name: string;
  args: readonly string[];
  find(env: NodeJS.ProcessEnv): Promise<string | undefined>;
  /** Makes it where it is missing; throws where it can be had from nowhere. */
  ensure(env: NodeJS.ProcessEnv): Promise<string>;
}

const options = (env: NodeJS.ProcessEnv) => ({ root, state: stateFolder(env), env });

/** Both are pinned, and need no network once they are there. */
export const linters: readonly Linter[] = [
  {
    name: 'actionlint',
    args: [],
    find: async (env) => (await findTool('actionlint', options(env)))?.bin['actionlint'],
    ensure: async (env) => (await ensureTool('actionlint', options(env))).bin['actionlint'] ?? '',
  },
  {
    name: 'zizmor',
    args: ['--offline', '--quiet', '--no-progress', '--persona', 'auditor', '.github'],
    find: (env) => Promise.resolve(existsSync(zizmor(env)) ? zizmor(env) : undefined),
    ensure: ensureZizmor,
  },
];

/** Runs one on the workflows of a folder; gives what it found, nothing where all is well. */
export async function lint({ args }: Linter, program: string, folder: string): Promise<string> {
  try {
    await run(program, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
    return '';
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return `${stdout}${stderr}`;
  }
}

/** Where the pinned one is, once it is there: another pin is another place. */
function zizmor(env: NodeJS.ProcessEnv): string {
  const pin = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 12);
  return join(stateFolder(env), 'tools/zizmor', pin, 'bin/zizmor');
}

/** By pip, which refuses what has another sum. */
async function ensureZizmor(env: NodeJS.ProcessEnv): Promise<string> {
  const program = zizmor(env);
  if (existsSync(program)) return program;
  const folder = dirname(dirname(program));
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(`${folder}-`);
  const args = ['--quiet', '--no-deps', '--only-binary', ':all:', '--require-hashes', '--target', draft];
  try {
    await run('python3', ['-m', 'pip', 'install', ...args, '--requirement', requirements], { env });
    // Somebody else may have made it meanwhile.
    if (!existsSync(program)) await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return program;
}
