import { Command, CommanderError, Help, type Option } from 'commander';
import { addChanges } from './cli/changes.ts';
import { addStops } from './cli/stops.ts';
import { addUpkeep } from './cli/upkeep.ts';
import { addViews } from './cli/views.ts';
import { processContext, type Context } from './context.ts';
import { exitCodes } from './core/errors.ts';
import { outliveReaders } from './ui/outlive-readers.ts';
import { printError } from './ui/print-error.ts';

const exitHelp = `
Exit codes: 0 done, 1 failed, 2 usage, 3 blocked by a gate, 4 superseded, 5 outcome unknown, 6 nothing to do.`;

/** What this process was started for; see runCommand. */
export async function main(args: readonly string[]): Promise<void> {
  outliveReaders(process.stdout, process.stderr);
  process.exitCode = await runCommand(args, processContext());
}

/** Runs the command that the arguments name and prints what goes wrong. Gives the exit code. */
export async function runCommand(args: readonly string[], context: Context): Promise<number> {
  try {
    return await run(args, context);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    return printError(error, context.stderr, context.env);
  }
}

async function run(args: readonly string[], context: Context): Promise<number> {
  let exit: number = exitCodes.done;
  const program = new Command('pnpm run')
    .description(
      'Moves releases: git push delivers to the first environment, promote takes them on, status shows where they are.',
    )
    .version('0.1.0')
    .enablePositionalOptions()
    .exitOverride()
    .showSuggestionAfterError()
    .showHelpAfterError('  --help says what there is')
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) })
    .addHelpText('afterAll', exitHelp);
  for (const add of [addChanges, addStops, addViews, addUpkeep]) {
    add({
      program,
      context,
      run: (others) => run(others, context),
      end(code) {
        exit = code;
      },
    });
  }
  await program.parseAsync(args, { from: 'user' });
  return exit;
}

/** What the help says of an option, and that it has to be there where it has to. */
function describeOption(option: Option): string {
  const description = new Help().optionDescription(option);
  return option.mandatory ? `${description} (required)` : description;
}
