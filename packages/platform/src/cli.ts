import { join } from 'node:path';
import { outliveReaders, printError } from '@sluice/scripts/ui';
import { exitCodes, UserError } from '@sluice/scripts/errors';
import { Command, CommanderError, Option } from 'commander';
import { driverNames } from './drivers/names.ts';
import type { HostOptions } from './host.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The platform's command line; sets the process's exit code and never throws. */
export async function main(args: readonly string[]): Promise<void> {
  outliveReaders(process.stdout, process.stderr);
  const controller = new AbortController();
  // A second Ctrl-C ends the process at once, which is as safe as a SIGKILL: the next start continues.
  const interrupt = (): void =>
    controller.abort(new UserError('interrupted', { hint: 'the next `pnpm start` continues' }));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const host = { root, env: process.env, stream: process.stderr, signal: controller.signal };
  try {
    await createProgram(host).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
    else process.exitCode = printError(controller.signal.aborted ? controller.signal.reason : error, process.stderr);
  }
}

function createProgram(host: HostOptions): Command {
  const program = new Command('platform').exitOverride().description('The local platform of Sluice.');
  program
    .command('start')
    .description('Bring the platform up, or back after a stop, or on where an earlier start ended.')
    .option('--driver <name>', `how the cluster is had: ${driverNames.join(', ')}`)
    .option('--context <name>', 'kubeconfig context of a cluster of yours; implies --driver context')
    .option('--no-traffic', 'send no requests through the router; canaries then have nothing to be judged by')
    .addHelpText('after', startHelp)
    .action(async (options: { driver?: string; context?: string; traffic: boolean }) => {
      await (await import('./start.ts')).start(options, host);
    });
  program
    .command('stop')
    .description('Stop the platform; cluster data, images and the Git remote stay.')
    .addOption(
      new Option(
        '--purge [what]',
        'also remove cluster, images and remote (data), or everything that the platform wrote (all)',
      )
        .choices(['data', 'all'])
        .preset('data'),
    )
    .action(async (options: { purge?: 'data' | 'all' }) => {
      await (await import('./stop.ts')).stop(options.purge ?? 'none', host);
    });
  return program;
}

const startHelp = `
Drivers:
  embedded  Kubernetes as processes of this host; Linux, root, no Docker
  kind      Kubernetes in Docker; "docker info" and "docker buildx version" must answer,
            and kind be on PATH
  context   a cluster that you have already, by its kubeconfig context
Without --driver: the one of the last start, else kind where Docker answers, else embedded.

Environment:
  SLUICE_STATE   folder for everything that is kept (default $XDG_STATE_HOME/sluice, else
                 ~/.local/state/sluice)
  SLUICE_MIRROR  folder or URL to take the tools from

Addresses, ports and what is needed: infrastructure/local/platform.yaml
`;
