import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readOwner, settingsFile, type Owner } from '../src/core/init/owner.ts';
import { copyRepository } from './repository-copy.ts';
import { runHere, type Finished } from './run-here.ts';
import { temporaryFolder } from './temporary.ts';

const run = promisify(execFile);

/** A clone of this repository that is about to become somebody's own. */
export interface OwnCopy {
  folder: string;
  /** What its remote `origin` really is. */
  bare: string;
  env: NodeJS.ProcessEnv;
  git(...args: string[]): Promise<string>;
  init(...args: string[]): Promise<Finished>;
  /** Everything that init could change: what is written, and what the remote has. */
  state(): Promise<string>;
}

export interface Original {
  /** Whose this repository is, which those who make it their own change. */
  was: Owner;
  /** Makes a copy whose remote has the address given; gone when the test is over. */
  copy(origin: string): Promise<OwnCopy>;
  remove(): Promise<void>;
}

const person = '[user]\n  name = Ann\n  email = ann@example.invalid\n';

/** Makes what tests of one file copy. */
export async function createOriginal(): Promise<Original> {
  const top = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  const [folder, config] = [join(top, 'copy'), join(top, 'gitconfig')];
  await writeFile(config, person);
  await copyRepository(folder);
  const env = { ...process.env, GIT_CONFIG_GLOBAL: config, GIT_CONFIG_SYSTEM: '/dev/null' };
  await run('git', ['commit', '--quiet', '--message', 'Begin'], { cwd: folder, env });
  const read = async (file: string): Promise<[string, string]> => [file, await readFile(join(folder, file), 'utf8')];
  return {
    was: readOwner(new Map([await read(settingsFile), await read('gitops.config.yaml')])),
    copy: (origin) => copyOf(folder, origin),
    remove: () => rm(top, { recursive: true, force: true }),
  };
}

async function copyOf(original: string, origin: string): Promise<OwnCopy> {
  const top = await temporaryFolder();
  const [folder, bare, config] = [join(top, 'copy'), join(top, 'remote.git'), join(top, 'gitconfig')];
  await writeFile(config, `${person}[url "${bare}"]\n  insteadOf = ${origin}\n`);
  // No server of GitHub's is named, and nothing says that this is a workflow.
  const outside = Object.entries(process.env).filter(([name]) => !/^(GITHUB|GH)_/.test(name));
  const env = { ...Object.fromEntries(outside), GIT_CONFIG_GLOBAL: config, GIT_CONFIG_SYSTEM: '/dev/null' };
  await run('git', ['clone', '--quiet', original, folder], { env });
  await run('git', ['init', '--quiet', '--bare', bare], { env });
  const git = async (...args: string[]): Promise<string> => (await run('git', args, { cwd: folder, env })).stdout;
  await git('remote', 'set-url', 'origin', origin);
  return {
    folder,
    bare,
    env,
    git,
    init: (...args) => runHere(folder, env, ['init', ...args]),
    state: async () => `${await git('diff', 'HEAD')}\n${await git('--git-dir', bare, 'for-each-ref')}`,
  };
}
