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

  program
    .command('deliver')
    .description('Deliver the apps whose inputs at HEAD differ from what the first environment runs')
    .addOption(remote)
    .option('--build-number <n>', 'last part of the image tags (default: $GITHUB_RUN_NUMBER, else 0)', whole)
    .option('--dry-run', 'print the plan and stop')
    .addOption(deadline)
    .addOption(json)
    .action(async (options) => {
      exit = await (await import('./commands/deliver.ts')).deliver(context, options);
    });
  program
    .command('promote')
    .description('Promote the release that the environment before has verified')
    .argument('<app>', 'what to promote')
    .requiredOption('--to <environment>', 'where to')
    .addOption(remote)
    .option('--dry-run', 'print the plan and stop')
    .option('--no-wait', 'land and leave the outcome to be found later')
    .addOption(deadline)
    .addOption(json)
    .action(async (app: string, options) => {
      exit = await (await import('./commands/promote.ts')).promote(context, app, options);
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
