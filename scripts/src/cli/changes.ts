import { Option } from 'commander';
import {
  all,
  allowDeletion,
  allowDowngrade,
  deadline,
  dryRun,
  explain,
  from,
  gate,
  json,
  noWait,
  plan,
  planOut,
  release,
  remote,
  whole,
  yes,
} from './options.ts';
import type { CommandTable } from './table.ts';

/** What moves releases. */
export function addChanges({ program, context, end }: CommandTable): void {
  program
    .command('deliver')
    .description('Deliver the apps whose inputs at HEAD differ from what the first environment runs')
    .addOption(remote)
    .option('--build-number <n>', 'last part of the image tags (default: $GITHUB_RUN_NUMBER, else 0)', whole)
    .option('--allow-deletion <app...>', 'also where these lose volumes, namespaces or much at once')
    .addOption(dryRun)
    .addOption(deadline)
    .addOption(json)
    .action(async (options) => {
      end(await (await import('../commands/deliver.ts')).deliver(context, options));
    });
  program
    .command('promote')
    .description('Promote releases that the environment before has verified, all in one landing or none')
    .argument('[app...]', 'what to promote')
    .requiredOption('--to <environment>', 'where to')
    .addOption(from)
    .addOption(all)
    .option('--changed-since <revision>', 'every app whose inputs on main differ from those at a revision')
    .addOption(release)
    .addOption(allowDowngrade)
    .addOption(allowDeletion)
    .addOption(explain)
    .addOption(dryRun)
    .addOption(planOut)
    .addOption(plan)
    .addOption(yes)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (apps: string[], options) => {
      end(await (await import('../commands/promote.ts')).promote(context, apps, options));
    });
  program
    .command('override')
    .description('Promote although gates that are named do not pass; who, which and why stay on record')
    .argument('<app>')
    .requiredOption('--to <environment>', 'where to')
    .addOption(gate)
    .requiredOption('--reason <text>', 'why that is right, for everybody who finds it')
    .addOption(from)
    .addOption(release)
    .addOption(allowDowngrade)
    .addOption(allowDeletion)
    .addOption(explain)
    .addOption(dryRun)
    .addOption(yes)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (app: string, options) => {
      end(await (await import('../commands/override.ts')).override(context, app, options));
    });
  program
    .command('approve')
    .description(
      'Approve what a promotion, reconfiguration or retirement would land now; whoever asks for it does not count',
    )
    .argument('[app...]', 'what to approve')
    .requiredOption('--to <environment>', 'where to')
    .addOption(from)
    .addOption(all)
    .addOption(release)
    .option('--override <gate...>', 'approve an override that passes over these gates')
    .option('--reason <text>', 'what was looked at, for the record', 'looked at the plan')
    .addOption(
      new Option('--reconfiguration', 'approve that overlay edits on main are applied there').conflicts([
        'retirement',
        'override',
        'release',
        'from',
      ]),
    )
    .option('--retirement', 'approve that one app is retired there')
    .option('--lift', 'take the approval back')
    .addOption(dryRun)
    .addOption(remote)
    .addOption(json)
    .action(async (apps: string[], options) => {
      end(await (await import('../commands/approve.ts')).approve(context, apps, options));
    });
  program
    .command('reconfigure')
    .description('Apply overlay edits on main to what an environment runs, the releases staying as they are')
    .argument('[app...]', 'only these; else every app with an edit that waits')
    .requiredOption('--env <environment>', 'where')
    .addOption(allowDeletion)
    .addOption(explain)
    .addOption(dryRun)
    .addOption(planOut)
    .addOption(plan)
    .addOption(yes)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (apps: string[], options) => {
      end(await (await import('../commands/reconfigure.ts')).reconfigure(context, apps, options));
    });
  program
    .command('rollback')
    .description('Restore an earlier verified state of an app, byte for byte, and hold it there')
    .argument('<app>')
    .requiredOption('--env <environment>', 'where')
    .option('--to <release>', 'id or tag of an earlier release', 'previous')
    .option('--image-only', 'only its image; base and overlay stay, as a release that is not verified yet')
    .option('--reason <text>', 'why, for the record')
    .option('--hold-for <duration>', 'how long nothing else may land there', '24h')
    .addOption(dryRun)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (app: string, options) => {
      end(await (await import('../commands/rollback.ts')).rollback(context, app, options));
    });
  program
    .command('retire')
    .description('Take an app out of an environment, or of all, with every object that it has there')
    .argument('<app>')
    .option('--env <environment>', 'only there (default: every environment, the last one first)')
    .addOption(new Option('--everywhere', 'every environment, in so many words').conflicts('env'))
    .option('--delete-data', 'also where volumes or others that keep data go')
    .option('--reason <text>', 'why, for the record')
    .addOption(explain)
    .addOption(dryRun)
    .addOption(yes)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .option('--json', 'one JSON value on standard output for each environment')
    .action(async (app: string, options) => {
      end(await (await import('../commands/retire.ts')).retire(context, app, options));
    });
}
