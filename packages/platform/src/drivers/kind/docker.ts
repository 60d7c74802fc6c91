import { UserError } from '@sluice/scripts/errors';
import { findCommand, fullPath } from '../../host-packages.ts';
import { attempt, run, type RunOptions, type RunResult } from '../../run.ts';

/** The network that kind puts its nodes on; one of its own, so that purging it takes nothing from other clusters. */
export const network = 'sluice';

/** The two command lines of the driver, both run without a shell. */
export interface Commands {
  docker(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Gives failures back instead of throwing them. */
  tryDocker(args: readonly string[]): Promise<RunResult>;
  kind(args: readonly string[], options?: RunOptions): Promise<string>;
}

/** The commands as found on the PATH of `env`; aborted by `signal`. */
export function createCommands(env: NodeJS.ProcessEnv, signal?: AbortSignal): Commands {
  const common: RunOptions = {
    env: {
      ...env,
      PATH: fullPath(env),
      KIND_EXPERIMENTAL_PROVIDER: 'docker',
      KIND_EXPERIMENTAL_DOCKER_NETWORK: network,
    },
    ...(signal === undefined ? {} : { signal }),
  };
  return {
    docker: (args, options) => run('docker', args, { ...common, ...options }),
    tryDocker: (args) => attempt('docker', args, common),
    kind: (args, options) => run('kind', args, { ...common, ...options }),
  };
}

/**
 * Refuses a machine on which Docker or kind does not answer. A docker command may be there without an engine or
 * without buildx, so both are asked.
 */
export async function requireDocker(env: NodeJS.ProcessEnv): Promise<void> {
  const other = 'or choose another driver: pnpm start --driver embedded (as root), pnpm start --context <name>';
  for (const command of ['docker', 'kind']) {
    if (findCommand(command, env) !== undefined) continue;
    throw new UserError(`the driver kind needs the command ${command}, which is not on PATH`, {
      hint: `install it (${command === 'docker' ? 'https://docs.docker.com/engine/install' : 'https://kind.sigs.k8s.io/docs/user/quick-start'}),\n${other}`,
    });
  }
  const { tryDocker } = createCommands(env);
  for (const [args, cure] of [
    [['info'], 'start the Docker engine, and see that this user may reach it'],
    [['buildx', 'version'], 'install the buildx plugin of Docker, which builds the images'],
  ] as const) {
    const { code, stdout, stderr } = await tryDocker(args);
    if (code === 0) continue;
    const said = (stderr.trim() || stdout.trim()).split('\n').slice(-2).join('\n');
    throw new UserError(`\`docker ${args.join(' ')}\` ended with ${code}`, { hint: `${said}\n${cure},\n${other}` });
  }
}

/** A container's state, or undefined where there is none. */
export async function inspectContainer(
  { tryDocker }: Commands,
  name: string,
): Promise<{ running: boolean; labels: Record<string, string>; networks: string[] } | undefined> {
  const { code, stdout } = await tryDocker(['container', 'inspect', name]);
  if (code !== 0) return undefined;
  const [found] = JSON.parse(stdout) as {
    State?: { Running?: boolean };
    Config?: { Labels?: Record<string, string> | null };
    NetworkSettings?: { Networks?: Record<string, unknown> | null };
  }[];
  return {
    running: found?.State?.Running === true,
    labels: found?.Config?.Labels ?? {},
    networks: Object.keys(found?.NetworkSettings?.Networks ?? {}),
  };
}
