import { type Command } from 'commander';
import { dryRun, json, remote } from './options.ts';
import type { CommandTable } from './table.ts';

/** What keeps releases from moving. */
export function addStops({ program, context, end }: CommandTable): void {
  function stop(name: string, description: string, argument: string): Command {
    return program
      .command(name)
      .description(description)
      .argument(argument)
      .requiredOption('--reason <text>', 'why, for everybody whom it stops')
      .option('--until <when>', 'when it ends by itself: a duration such as 2h, or an instant with its offset')
      .option('--lift', 'take it away again')
      .option('--approve', 'with --lift: approve that somebody else does, where production asks for approvals')
      .addOption(dryRun)
      .addOption(remote)
      .addOption(json);
  }
  stop('hold', 'Keep an app in an environment as it is', '<app>')
    .requiredOption('--env <environment>', 'where')
    .action(async (app: string, options) => {
      end(await (await import('../commands/hold.ts')).hold(context, app, options));
    });
  stop('freeze', 'Close an environment, for the apps that are named or for all', '[app...]')
    .requiredOption('--env <environment>', 'where')
    .action(async (apps: string[], options) => {
      end(await (await import('../commands/freeze.ts')).freeze(context, apps, options));
    });
  stop('quarantine', 'Keep a release, or every release with an image, out of every environment', '<app>')
    .option('--release <release>', 'by its id or tag')
    .option('--digest <digest>', 'every release with this image')
    .action(async (app: string, options) => {
      end(await (await import('../commands/quarantine.ts')).quarantine(context, app, options));
    });
}
