import { exitCodes, UserError } from '@sluice/scripts/errors';
import { emptyBuildCaches } from '@sluice/toolchain';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { applicationsWell, applyInfrastructure, installArgoCd } from './bootstrap/index.ts';
import { fileOrder, type Component } from './components.ts';
import { chooseDriver, createDriver, inspectMachine, readChoice, writeChoice, type Choice } from './drivers/index.ts';
import type { Driver } from './drivers/driver.ts';
import { createHost, type HostOptions } from './host.ts';
import { runGitServer, runReconciler, setTraffic } from './host-processes.ts';
import { acquireHostLock } from './host-lock.ts';
import { installMissing, missingCommands } from './host-packages.ts';
import { buildImages } from './images/index.ts';
import { acquireLock, type Lock } from './lock.ts';
import { planStart } from './plan.ts';
import type { Platform, StartOptions } from './platform.ts';
import { requireDisk, requireMemory } from './preflight.ts';
import { deliverFirst, ensureRemote } from './remote/index.ts';
import { summaryLines } from './summary.ts';

/** What routes and measures: a first delivery becomes healthy without it, so it does not wait for it. */
const later: readonly Component[] = ['traefik', 'prometheus', 'metrics-server'];

/**
 * Brings the platform up, or back, or further where a start was interrupted: every step finds out what is there.
 * Locks are released at the end, also of a failed start; what already runs goes on under its supervisor.
 */
export async function start(options: StartOptions, hostOptions: HostOptions): Promise<void> {
  const background = new AbortController();
  const signal = AbortSignal.any([hostOptions.signal, background.signal]);
  const { host, shelves } = await createHost({ ...hostOptions, signal });
  const last = await readChoice(host.paths);
  const choice = chooseDriver(options, last, await inspectMachine(host.env));
  const driver = await createDriver(choice, host.paths, host.settings);
  const platform: Platform = { ...host, options, driver };
  const plan = await planStart(platform);
  for (const line of plan.lines) host.progress.note(line);

  const command = `start, driver ${driver.name}`;
  const locks: Lock[] = [await acquireHostLock(command, host.paths.state)];
  try {
    await requireSameDriver(platform, last);
    await preflight(platform, plan.missingTools.length > 0);
    locks.push(await acquireLock(host.paths.lock, command, host.paths.state));
    await writeChoice(host.paths, choice);
    shelves.files.announce(fileOrder);
    await installHostPackages(platform);
    shelves.tools.announce(plan.tools);
    await driver.up(platform);
    const delivery = await fillCluster(platform);
    await runReconciler(platform);
    await setTraffic(platform);
    if (isDelivered(delivery)) await applicationsWell(platform);
    await removeBuilds(platform);
    for (const line of summaryLines(platform)) host.progress.note(line);
    requireDelivered(delivery);
  } catch (error) {
    // Nobody waits for the tools that are still made.
    background.abort(error);
    throw error;
  } finally {
    host.progress.close();
    for (const lock of locks.toReversed()) await lock.release();
  }
}

/** A platform that is up with apps that are not is said to be so, by the message and the exit code. */
function requireDelivered(code: number): void {
  if (isDelivered(code)) return;
  throw new UserError(`the platform is up, but its first delivery ended with ${code}`, {
    hint: 'what it said stands above; `pnpm run status` shows the apps, `pnpm start` tries it again',
  });
}

function isDelivered(code: number): boolean {
  return code === exitCodes.done || code === exitCodes.nothing;
}

/** Builds leave gigabytes of caches that nothing needs any more. */
async function removeBuilds({ paths, env, signal, progress }: Platform): Promise<void> {
  if (!existsSync(join(paths.state, 'build', 'cache'))) return;
  const step = progress.step('removing build caches');
  await emptyBuildCaches({ state: paths.state, env, signal });
  step.done();
}

/** Refuses to leave a platform that runs with another driver, since no stop would know of it any more. */
async function requireSameDriver(platform: Platform, last: Choice | undefined): Promise<void> {
  const { driver, paths, settings } = platform;
  if (last === undefined || last.driver === driver.name) return;
  if (!(await isPresent(await createDriver(last, paths, settings), platform))) return;
  throw new UserError(`the platform in ${paths.state} runs with the driver ${last.driver}, not ${driver.name}`, {
    hint: 'stop it first: pnpm stop',
    exit: 'blocked',
  });
}

async function isPresent(driver: Driver, platform: Platform): Promise<boolean> {
  // Where the commands are missing by which it looks, it has not been here.
  return await driver.isPresent(platform).catch(() => false);
}

/** Everything that can be refused before anything is touched. */
async function preflight(platform: Platform, first: boolean): Promise<void> {
  const { driver, settings, paths } = platform;
  const { needs } = settings;
  await driver.check(platform);
  await requireDisk(paths.state, first ? needs.diskFirst : needs.diskLater);
  // A cluster that runs already has its memory, and a context's has that of other machines.
  if (driver.name !== 'context' && !(await isPresent(driver, platform))) await requireMemory(needs.memory);
}

async function installHostPackages(platform: Platform): Promise<void> {
  const missing = missingCommands(platform.driver.commands, platform.env);
  if (missing.length === 0) return;
  const step = platform.progress.step('host packages');
  const { env, signal, paths } = platform;
  const masked = await installMissing(missing, { cache: join(paths.state, 'apt'), env, step, signal });
  const packages = missing.map((one) => one.package).join(', ');
  step.done(masked.length === 0 ? packages : `${packages}; masked so that they never run: ${masked.join(', ')}`);
}

/**
 * Four lanes at once: what the first environment needs, the images that its services are built on, their databases, and
 * what can come later. A failure in one lane ends the others, so that nothing works on in the background. Gives the exit
 * code of the first delivery.
 */
async function fillCluster(host: Platform): Promise<number> {
  const controller = new AbortController();
  const platform = { ...host, signal: AbortSignal.any([host.signal, controller.signal]) };
  await applyInfrastructure(platform, ['crds', 'policies']);
  await addComponents(platform, ['pause', 'coredns']);
  const base = buildImages(platform, ['base']);
  const database = addComponents(platform, ['postgresql']);
  const lanes = [fillFirst(platform, [base, database]), base, database, addEach(platform, later)] as const;
  for (const lane of lanes) lane.catch((error: unknown) => controller.abort(error));
  await Promise.allSettled(lanes);
  if (controller.signal.aborted) throw controller.signal.reason;
  return await lanes[0];
}

/** Everything up to the first delivery, which needs what is made meanwhile as well. */
async function fillFirst(platform: Platform, meanwhile: readonly Promise<void>[]): Promise<number> {
  // Argo CD reads the remote as soon as it runs.
  await ensureRemote(platform);
  await runGitServer(platform);
  await buildImages(platform, ['argocd']);
  await installArgoCd(platform);
  await addComponents(platform, ['argo-rollouts']);
  await Promise.all(meanwhile);
  return await deliverFirst(platform);
}

async function addEach(platform: Platform, names: readonly Component[]): Promise<void> {
  for (const name of names) await addComponents(platform, [name]);
}

async function addComponents(platform: Platform, names: readonly Component[]): Promise<void> {
  await buildImages(platform, names);
  await applyInfrastructure(platform, names);
}
