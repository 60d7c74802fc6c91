import type { Command } from 'commander';
import type { Context } from '../context.ts';

/** Where a group of commands is added. */
export interface CommandTable {
  program: Command;
  context: Context;
  /** Runs another command line in place of this one; gives its exit code. */
  run(args: readonly string[]): Promise<number>;
  /** Takes the exit code of the command that ran. */
  end(exit: number): void;
}
