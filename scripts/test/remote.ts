import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGit, type Git } from '../src/adapters/git.ts';
import type { WriteRequest } from '../src/adapters/writer.ts';
import { temporaryFolder } from './temporary.ts';

const run = promisify(execFile);

/** A remote with the branch `deploy/dev`, empty but for its first commit, and a clone of it. */
export interface TestRemote {
  git: Git;
  bare: string;
  /** The first commit. */
  head: string;
  clone(name: string): Promise<Git>;
  files(branch: string): Promise<string[]>;
  /** The titles of a branch's commits, newest first. */
  subjects(branch: string): Promise<string[]>;
  /** How many pushes were accepted. */
  pushes(): Promise<number>;
  /** Has the remote refuse pushes that bring a path. */
  refuse(path: string): Promise<void>;
}

export async function createRemote(): Promise<TestRemote> {
  const folder = await temporaryFolder();
  const bare = join(folder, 'remote.git');
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  await run('git', ['init', '--quiet', '--bare', bare], { env });
  const log = join(folder, 'pushes');
  const refused = join(folder, 'refused');
  await writeFile(log, '');
  await writeFile(refused, '');
  await mkdir(join(bare, 'hooks'), { recursive: true });
  await writeHook(bare, 'post-update', `echo "$@" >> "${log}"`);
  await writeHook(
    bare,
    'update',
    `git diff --name-only "$2" "$3" | grep -qxFf "${refused}" && { echo "not $(cat "${refused}")"; exit 1; }; exit 0`,
  );
  async function clone(name: string): Promise<Git> {
    await run('git', ['clone', '--quiet', bare, join(folder, name)], { env });
    return createGit(join(folder, name), env);
  }

  const seed = await clone('seed');
  const [head = ''] = await seed.commit(undefined, {
    files: new Map(),
    message: 'Start\n',
    by: { name: 'Test', email: 'test@example.invalid' },
    at: 1,
  });
  await run('git', ['-C', join(folder, 'seed'), 'push', '--quiet', bare, `${head}:refs/heads/deploy/dev`], { env });
  await writeFile(log, '');
  const lines = async (...args: string[]): Promise<string[]> =>
    (await run('git', ['--git-dir', bare, ...args], { env })).stdout.split('\n').filter((line) => line !== '');
  return {
    git: await clone('clone'),
    bare,
    head,
    clone,
    files: (branch) => lines('ls-tree', '-r', '--name-only', branch),
    subjects: (branch) => lines('log', '--format=%s', branch),
    pushes: async () => (await readFile(log, 'utf8')).split('\n').length - 1,
    refuse: (path) => writeFile(refused, `${path}\n`),
  };
}

/** A landing of an app, decided on a head. */
export function request(head: string, app: string, more: Partial<WriteRequest> = {}): WriteRequest {
  return {
    head,
    files: new Map([[`${app}/release.yaml`, `app: ${app}\n`]]),
    message: `Write ${app}\n`,
    by: { name: 'Test', email: 'test@example.invalid' },
    at: 1,
    ...more,
  };
}

async function writeHook(bare: string, name: string, command: string): Promise<void> {
  const file = join(bare, 'hooks', name);
  await writeFile(file, `#!/bin/sh\n${command}\n`);
  await chmod(file, 0o755);
}
