import { UserError, unknownName } from '@sluice/scripts/errors';
import { findCommand } from '../host-packages.ts';
import { readJson, writeAtomically } from '../files.ts';
import type { Settings } from '../settings.ts';
import type { Paths } from '../state.ts';
import { attempt } from '../run.ts';
import type { Driver } from './driver.ts';
import { driverNames, type DriverName } from './names.ts';

/** What a start chose, kept for the next start and for stop. */
export interface Choice {
  driver: DriverName;
  context?: string;
}

export interface Machine {
  platform: NodeJS.Platform;
  /** Effective user number. */
  uid: number | undefined;
  /** Undefined where Docker and buildx answer, else what is missing. */
  dockerTrouble: string | undefined;
}

/**
 * The driver for this machine: the one asked for, the one of the last start, kind where Docker answers, embedded for
 * root on Linux. Where none fits, a UserError says what each one misses.
 */
export function chooseDriver(
  asked: { driver?: string | undefined; context?: string | undefined },
  last: Choice | undefined,
  machine: Machine,
): Choice {
  const { driver, context } = asked;
  if (driver !== undefined && !driverNames.some((name) => name === driver)) {
    throw unknownName('driver', driver, driverNames);
  }
  if (context !== undefined && driver !== undefined && driver !== 'context') {
    throw new UserError(`--context goes with --driver context, not with ${driver}`, { exit: 'usage' });
  }
  if (context !== undefined) return { driver: 'context', context };
  if (driver === 'context') {
    if (last?.context !== undefined) return last;
    throw new UserError('--driver context needs a cluster', {
      hint: 'name it: --context <name>; see: kubectl config get-contexts',
      exit: 'usage',
    });
  }
  if (driver === 'kind' || driver === 'embedded') return { driver };
  if (last !== undefined) return last;
  if (machine.dockerTrouble === undefined) return { driver: 'kind' };
  if (machine.platform === 'linux' && machine.uid === 0) return { driver: 'embedded' };
  const embedded = machine.platform === 'linux' ? 'this user is not root' : `this is ${machine.platform}, not Linux`;
  throw new UserError('no driver fits this machine', {
    hint: [
      `kind needs Docker: ${machine.dockerTrouble}`,
      `embedded needs Linux and root: ${embedded}`,
      'context needs the name of a cluster: pnpm start --context <name>',
    ].join('\n'),
  });
}

/** Asks this machine what the choice depends on. */
export async function inspectMachine(env: NodeJS.ProcessEnv): Promise<Machine> {
  return { platform: process.platform, uid: process.geteuid?.(), dockerTrouble: await dockerTrouble(env) };
}

/** A Docker command line may exist without an engine or without buildx, so both are asked. */
async function dockerTrouble(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const docker = findCommand('docker', env);
  if (docker === undefined) return 'there is no docker command';
  for (const args of [['info'], ['buildx', 'version']]) {
    const result = await attempt(docker, args, { env }).catch(() => undefined);
    if (result?.code !== 0) return `"docker ${args.join(' ')}" does not answer`;
  }
  return undefined;
}

/** Makes the chosen driver; each is loaded only when it is used. */
export async function createDriver(choice: Choice, paths: Paths, settings: Settings): Promise<Driver> {
  if (choice.driver === 'embedded') {
    return (await import('./embedded/index.ts')).createEmbeddedDriver(paths, settings);
  }
  if (choice.driver === 'kind') return (await import('./kind.ts')).createKindDriver(paths, settings);
  return (await import('./context.ts')).createContextDriver(paths, settings, choice.context ?? '');
}

export async function readChoice(paths: Paths): Promise<Choice | undefined> {
  const choice = await readJson<Choice>(paths.choice);
  return driverNames.some((name) => name === choice?.driver) ? choice : undefined;
}

export async function writeChoice(paths: Paths, choice: Choice): Promise<void> {
  await writeAtomically(paths.choice, `${JSON.stringify(choice)}\n`);
}
