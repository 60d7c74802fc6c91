import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { processContext, type Context } from './context.ts';
import { exitCodes } from './core/errors.ts';
import { printError } from './ui/print-error.ts';

const exitHelp = `
Exit codes: 0 done, 1 failed, 2 usage, 3 blocked by a gate, 4 superseded, 5 outcome unknown, 6 nothing to do.`;

/** Runs the command that the arguments name, prints what goes wrong, and sets the exit code. */
export async function main(args: readonly string[], context: Context = processContext()): Promise<void> {
  try {
    process.exitCode = await run(args, context);
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    else process.exitCode = printError(error, context.stderr);
  }
}

async function run(args: readonly string[], context: Context): Promise<number> {
  let exit: number = exitCodes.done;
  const program = new Command('sluice')
    .description(
      'Moves releases: git push delivers to the first environment, promote takes them on, status shows where they are.',
    )
    .version('0.1.0')
    .exitOverride()
    .showSuggestionAfterError()
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) })
    .addHelpText('after', exitHelp);
  const remote = new Option(
    '--remote <name>',
    'Git remote to land on (default: local where there is one, else origin)',
  );
  const json = new Option('--json', 'one JSON value on standard output');
  const deadline = new Option('--deadline <seconds>', 'how long to wait for the outcome')
    .argParser(positive)
    .default(900);

  const dryRun = new Option('--dry-run', 'print the plan and stop');
  const explain = new Option('--explain', 'print every gate with its verdict and stop');
  const noWait = new Option('--no-wait', 'land and leave the outcome to be found later');
  const yes = new Option('--yes', 'do not ask before a production environment');
  const from = new Option('--from <environment>', 'where from, if more than one environment comes before');
  const release = new Option('--release <release>', 'an earlier release, by id, tag or digest');
  const all = new Option('--all', 'every app whose release differs');
  const allowDeletion = new Option(
    '--allow-deletion',
    'also where volumes, namespaces or much at once would be removed',
  );

  program
    .command('deliver')
    .description('Deliver the apps whose inputs at HEAD differ from what the first environment runs')
    .addOption(remote)
    .option('--build-number <n>', 'last part of the image tags (default: $GITHUB_RUN_NUMBER, else 0)', whole)
    .addOption(dryRun)
    .addOption(deadline)
    .addOption(json)
    .action(async (options) => {
      exit = await (await import('./commands/deliver.ts')).deliver(context, options);
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
    .option('--allow-downgrade', 'also where the code is older than what runs')
    .addOption(allowDeletion)
    .addOption(explain)
    .addOption(dryRun)
    .option('--plan-out <file>', 'write the plan to a file and stop')
    .option('--plan <file>', 'land only if the plan is still the one in this file')
    .addOption(yes)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (apps: string[], options) => {
      exit = await (await import('./commands/promote.ts')).promote(context, apps, options);
    });
  program
    .command('approve')
    .description('Approve what a promotion would land now, byte for byte; whoever asks for it does not count')
    .argument('[app...]', 'what to approve')
    .requiredOption('--to <environment>', 'where to')
    .addOption(from)
    .addOption(all)
    .addOption(release)
    .option('--reason <text>', 'what was looked at, for the record', 'looked at the plan')
    .option('--lift', 'take the approval back')
    .addOption(dryRun)
    .addOption(remote)
    .addOption(json)
    .action(async (apps: string[], options) => {
      exit = await (await import('./commands/approve.ts')).approve(context, apps, options);
    });
  program
    .command('reconfigure')
    .description('Apply overlay edits on main to what an environment runs, the releases staying as they are')
    .argument('[app...]', 'only these; else every app with an edit that waits')
    .requiredOption('--env <environment>')
    .addOption(allowDeletion)
    .addOption(explain)
    .addOption(dryRun)
    .addOption(yes)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (apps: string[], options) => {
      exit = await (await import('./commands/reconfigure.ts')).reconfigure(context, apps, options);
    });
  program
    .command('rollback')
    .description('Restore an earlier verified state of an app, byte for byte, and hold it there')
    .argument('<app>')
    .requiredOption('--env <environment>')
    .option('--to <release>', 'id or tag of an earlier release', 'previous')
    .option('--reason <text>', 'why, for the record')
    .option('--hold-for <duration>', 'how long nothing else may land there', '24h')
    .addOption(dryRun)
    .addOption(noWait)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (app: string, options) => {
      exit = await (await import('./commands/rollback.ts')).rollback(context, app, options);
    });
  function stop(name: string, description: string, argument: string): Command {
    return program
      .command(name)
      .description(description)
      .argument(argument)
      .requiredOption('--reason <text>', 'why, for everybody whom it stops')
      .option('--until <when>', 'when it ends by itself: a duration such as 2h, or an instant with its offset')
      .option('--lift', 'take it away again')
      .addOption(dryRun)
      .addOption(remote)
      .addOption(json);
  }
  stop('hold', 'Keep an app in an environment as it is', '<app>')
    .requiredOption('--env <environment>')
    .action(async (app: string, options) => {
      exit = await (await import('./commands/hold.ts')).hold(context, app, options);
    });
  stop('freeze', 'Close an environment, for the apps that are named or for all', '[app...]')
    .requiredOption('--env <environment>')
    .action(async (apps: string[], options) => {
      exit = await (await import('./commands/freeze.ts')).freeze(context, apps, options);
    });
  stop('quarantine', 'Keep a release, or every release with an image, out of every environment', '<app>')
    .option('--release <release>', 'by its id or tag')
    .option('--digest <digest>', 'every release with this image')
    .action(async (app: string, options) => {
      exit = await (await import('./commands/quarantine.ts')).quarantine(context, app, options);
    });
  program
    .command('reconcile')
    .description(
      'Finish what was left: record outcomes nobody waited for, restore what was verified where something failed',
    )
    .option('--every <seconds>', 'again and again until a signal ends it', positive)
    .addOption(dryRun)
    .addOption(remote)
    .addOption(deadline)
    .addOption(json)
    .action(async (options) => {
      exit = await (await import('./commands/reconcile.ts')).reconcile(context, options);
    });
  program
    .command('history')
    .description('Show what became of every landing of an app, newest first')
    .argument('<app>')
    .option('--env <environment>', 'only there')
    .addOption(remote)
    .addOption(json)
    .action(async (app: string, options) => {
      exit = await (await import('./commands/history.ts')).history(context, app, options);
    });
  program
    .command('diff')
    .description(
      'Show what a promotion would change, or what an environment runs compared with another or with its past',
    )
    .argument('[app...]', 'only these')
    .option('--to <environment>', 'what promoting them there would change')
    .addOption(from)
    .addOption(release)
    .option('--env <environment>', 'what it runs now, compared with --against or --since')
    .option('--against <environment>', 'what this one runs now')
    .option('--since <revision>', 'a commit of its deploy branch, or an earlier release by id, tag or digest')
    .addOption(new Option('--markdown', 'as Markdown, no longer than a comment may be').conflicts('json'))
    .option('--full <file>', 'write all of the Markdown to a file')
    .addOption(remote)
    .addOption(json)
    .action(async (apps: string[], options) => {
      exit = await (await import('./commands/diff.ts')).diff(context, apps, options);
    });
  program
    .command('status')
    .description('Show which release each environment runs and what waits')
    .argument('[app]', 'only this one')
    .addOption(remote)
    .addOption(json)
    .action(async (app: string | undefined, options) => {
      exit = await (await import('./commands/status.ts')).status(context, app, options);
    });
  program
    .command('render')
    .description(
      'Print the manifests of an app for an environment, as HEAD would render them with the release that runs there',
    )
    .argument('<app>')
    .requiredOption('--env <environment>')
    .addOption(remote)
    .option('--landed', 'render again what has landed there, from the revisions in its release.yaml')
    .addOption(json)
    .action(async (app: string, options) => {
      exit = await (await import('./commands/render.ts')).render(context, app, options);
    });
  program
    .command('check')
    .description(
      'Decide whether a change to a branch may stand: the update hook of the local remote, a required check on GitHub',
    )
    .requiredOption('--ref <ref>', 'the branch that would change')
    .requiredOption('--old <commit>', 'what it is at')
    .requiredOption('--new <commit>', 'what it would be at')
    .option('--repository <folder>', 'repository to look in (default: this one)')
    .addOption(json)
    .action(async (options) => {
      exit = await (await import('./commands/check.ts')).check(context, options);
    });

  await program.parseAsync(args, { from: 'user' });
  return exit;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('Not a number of seconds above zero.');
  return value;
}

function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Not a whole number.');
  return Number(text);
}
