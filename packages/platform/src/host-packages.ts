import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
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
 * Installs the Debian packages of missing commands and nothing else. No service starts: the packages are first
 * downloaded into `cache`, what units they bring is masked, and they are refused when one of them has an init script.
 * Gives the masked units. Where there is no apt-get, a UserError names the missing commands.
 */
export async function installMissing(
  missing: readonly HostCommand[],
  options: { cache: string; env: NodeJS.ProcessEnv; step: Step; signal?: AbortSignal },
): Promise<string[]> {
  if (missing.length === 0) return [];
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
  let masked: string[] = [];
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
    masked = await maskServices(options.cache, env);
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
  return masked;
}

async function maskServices(cache: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const files = (await readdir(cache)).filter((file) => file.endsWith('.deb'));
  const services = await Promise.all(
    files.map(async (file) => serviceFiles(await run('dpkg-deb', ['--contents', join(cache, file)], { env }))),
  );
  for (const [index, { scripts }] of services.entries()) {
    if (scripts[0] === undefined) continue;
    throw new UserError(`the Debian package ${files[index]} brings a service: ${scripts[0]}`, {
      hint: 'install it yourself, so that you decide whether the service runs, then start again',
    });
  }
  const units = services.flatMap((each) => each.units);
  for (const unit of units) await maskUnit(unit);
  return units;
}

/**
 * As `systemctl mask` does, also where no systemd runs; what is configured for the unit already stays.
 * https://www.freedesktop.org/software/systemd/man/latest/systemctl.html#mask%20UNIT%E2%80%A6
 */
export async function maskUnit(unit: string, folder = '/etc/systemd/system'): Promise<void> {
  await mkdir(folder, { recursive: true });
  try {
    await symlink('/dev/null', join(folder, unit));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The names of units and the paths of init scripts in a listing of `dpkg-deb --contents`. */
export function serviceFiles(contents: string): { units: string[]; scripts: string[] } {
  const paths = contents.split('\n').map((line) => line.trim().split(/\s+/)[5] ?? '');
  return {
    units: paths
      .filter((path) => /\/lib\/systemd\/system\/[^/]+\.(service|socket|timer|path)$/.test(path))
      .map((path) => basename(path)),
    scripts: paths.filter((path) => /\/etc\/init\.d\/.+$/.test(path)),
  };
}
