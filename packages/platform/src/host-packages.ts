import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { UserError } from '@sluice/scripts/errors';
import type { Step } from '@sluice/scripts/ui';
import type { HostCommand } from './drivers/driver.ts';
import { run } from './run.ts';

/** Folders of root's commands that a user's PATH often lacks. */
const systemFolders = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** PATH with the system folders behind it. */
export function fullPath(env: NodeJS.ProcessEnv): string {
  return [...new Set([...(env['PATH'] ?? '').split(delimiter).filter((part) => part !== ''), ...systemFolders])].join(
    delimiter,
  );
}

/** Where a command lies on the full PATH. */
export function findCommand(command: string, env: NodeJS.ProcessEnv): string | undefined {
  return fullPath(env)
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find((path) => existsSync(path));
}

/** The commands that this host lacks. */
export function missingCommands(commands: readonly HostCommand[], env: NodeJS.ProcessEnv): HostCommand[] {
  return commands.filter(({ command }) => findCommand(command, env) === undefined);
}

/** What a missing command costs, one line each. */
export function describeMissing(missing: readonly HostCommand[]): string[] {
  return missing.map(({ command, package: name, why }) => `${command} (Debian package ${name}): ${why}`);
}

/**
 * Installs the Debian packages of missing commands and nothing else. No service can start: the packages are first
 * downloaded into `cache` and refused when one of them has a unit or an init script.
 * Where there is no apt-get, a UserError names the missing commands.
 */
export async function installMissing(
  missing: readonly HostCommand[],
  options: { cache: string; env: NodeJS.ProcessEnv; step: Step; signal?: AbortSignal },
): Promise<void> {
  if (missing.length === 0) return;
  if (findCommand('apt-get', options.env) === undefined) {
    throw new UserError(`this host lacks ${missing.map(({ command }) => command).join(', ')}`, {
      hint: ['install them with the package manager of this distribution:', ...describeMissing(missing)].join('\n'),
    });
  }
  const packages = [...new Set(missing.map((one) => one.package))];
  const env = { ...options.env, PATH: fullPath(options.env), DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  const hint = `install them yourself: apt-get install --no-install-recommends ${packages.join(' ')}`;
  const runOptions = { env, hint, ...(options.signal === undefined ? {} : { signal: options.signal }) };
  await rm(options.cache, { recursive: true, force: true });
  await mkdir(join(options.cache, 'partial'), { recursive: true });
  // apt downloads as its own user, which may not enter the state folder.
  const install = ['install', '--yes', '--no-install-recommends', '--no-upgrade'];
  const settings = ['-o', `Dir::Cache::archives=${options.cache}`, '-o', 'APT::Sandbox::User=root'];
  try {
    options.step.update(`downloading ${packages.join(', ')}`);
    const download = ['-qq', ...settings, ...install, '--download-only', ...packages];
    await run('apt-get', download, runOptions).catch(async () => {
      options.step.update('updating the package lists');
      await run('apt-get', ['-qq', 'update'], runOptions);
      await run('apt-get', download, runOptions);
    });
    await refuseServices(options.cache, env);
    options.step.update(`installing ${packages.join(', ')}`);
    await run('apt-get', ['-qq', ...settings, ...install, ...packages], runOptions);
  } finally {
    await rm(options.cache, { recursive: true, force: true });
  }
  const still = missingCommands(missing, options.env);
  if (still.length > 0) {
    throw new UserError(`still missing after the installation: ${still.map(({ command }) => command).join(', ')}`, {
      hint,
    });
  }
}

async function refuseServices(cache: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const file of await readdir(cache)) {
    if (!file.endsWith('.deb')) continue;
    const content = await run('dpkg-deb', ['--contents', join(cache, file)], { env });
    const service = serviceFiles(content)[0];
    if (service === undefined) continue;
    throw new UserError(`the Debian package ${file} brings a service: ${service}`, {
      hint: 'install it yourself, so that you decide whether the service runs, then start again',
    });
  }
}

/** Units and init scripts in a listing of `dpkg-deb --contents`. */
export function serviceFiles(contents: string): string[] {
  return contents
    .split('\n')
    .map((line) => line.trim().split(/\s+/)[5] ?? '')
    .filter((path) => /\/(lib\/systemd\/system\/.+\.(service|socket|timer|path)|etc\/init\.d\/.+)$/.test(path));
}
