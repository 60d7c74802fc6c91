import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import { attempt, run } from '../run.ts';
import { environmentNames, seedBranches } from './branches.ts';
import { resolveCommit } from './commits.ts';
import { withoutGitVariables } from './environment.ts';
import { writeHooks } from './hooks.ts';
import type { RemoteHost } from './host.ts';
import { remoteLayout } from './layout.ts';

/**
 * Makes the bare repository of the local remote what it has to be, whatever part of it exists: settings, hooks, one branch
 * per environment of the checkout's configuration and one for records. Adds it to the checkout as remote `local`,
 * unless a remote of that name points elsewhere. Idempotent.
 */
export async function ensureRepository(host: RemoteHost): Promise<void> {
  const layout = remoteLayout(host.paths.remote);
  const env = withoutGitVariables(host.env);
  const names = await environmentNames(host.root);
  const format = await run('git', ['-C', host.root, 'rev-parse', '--show-object-format'], {
    env,
    hint: `${host.root} has to be a Git checkout: git init -b main && git add . && git commit`,
  });

  await mkdir(layout.runs, { recursive: true });
  // A lock of an interrupted start; nobody but start writes this file.
  await rm(join(layout.repository, 'config.lock'), { force: true });
  await run('git', ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', layout.repository], {
    env: { ...env, GIT_DEFAULT_HASH: format.trim(), GIT_DEFAULT_REF_FORMAT: 'files' },
    hint: `if that folder holds nothing you need, remove it and run: pnpm start`,
  });
  await setConfig(layout.repository, { ...settings(host), 'core.hookspath': join(layout.repository, 'hooks') }, env);
  await writeHooks(layout, host.paths.bin);
  await seedBranches(layout.repository, names, env);
  await addRemote(host, env);
}

/** What git-config(1) says of each key; names in lower case, as `git config --list` prints them. */
function settings(host: RemoteHost): Record<string, string> {
  return {
    'sluice.profile': host.driver.localImages ? 'embedded' : 'local',
    'sluice.registry': host.driver.registry,
    'sluice.kubeconfig': host.driver.kubeconfig,
    'sluice.bin': host.paths.bin,
    'receive.denydeletes': 'true',
    'receive.denynonfastforwards': 'true',
    // A checkout made with --depth can push too.
    'receive.shallowupdate': 'true',
    // No push waits for housekeeping: the runner does it when the pipeline is idle.
    'receive.autogc': 'false',
    'core.logallrefupdates': 'true',
    'gc.reflogexpire': 'never',
    'gc.reflogexpireunreachable': 'never',
    // Argo CD asks for the commit that it resolved a moment ago, also when the branch has moved on.
    'uploadpack.allowreachablesha1inwant': 'true',
    'http.uploadpack': 'true',
    'http.receivepack': 'false',
    'http.getanyfile': 'false',
  };
}

async function setConfig(repository: string, wanted: Record<string, string>, env: NodeJS.ProcessEnv): Promise<void> {
  const list = await run('git', ['config', '--file', join(repository, 'config'), '--list', '-z'], { env });
  const found = new Map(list.split('\0').map((entry): [string, string] => splitOnce(entry, '\n')));
  for (const [key, value] of Object.entries(wanted)) {
    if (found.get(key) !== value) {
      await run('git', ['config', '--file', join(repository, 'config'), '--replace-all', key, value], { env });
    }
  }
}

async function addRemote(host: RemoteHost, env: NodeJS.ProcessEnv): Promise<void> {
  const known = await attempt('git', ['-C', host.root, 'config', '--get', 'remote.local.url'], { env });
  if (known.code === 0) {
    const url = known.stdout.trim();
    if (url === host.paths.remote) return;
    host.progress.note(
      `the git remote "local" of ${host.root} points to ${url} and is left so; push with: git push ${host.paths.remote} main`,
    );
    return;
  }
  await run('git', ['-C', host.root, 'remote', 'add', 'local', host.paths.remote], { env });
}

/** The id of the commit that is checked out. Throws UserError where there is none. */
export async function headOf(host: RemoteHost): Promise<string> {
  const head = await resolveCommit(host.root, 'HEAD', withoutGitVariables(host.env));
  if (head !== undefined) return head;
  throw new UserError(`${host.root} has no commit yet, so there is nothing to deliver`, {
    hint: 'commit first: git add . && git commit, then run: pnpm start',
  });
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
