import { execFileSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { systemClock } from '../src/adapters/clock.ts';
import type { Context } from '../src/context.ts';
import { UserError, exitCodes } from '../src/core/errors.ts';

/** A command's context in a folder, and what it says. */
export function contextIn(cwd: string, env: NodeJS.ProcessEnv): { context: Context; said(): string } {
  let said = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      said += chunk.toString();
      done();
    },
  }) as unknown as NodeJS.WriteStream;
  const { signal } = new AbortController();
  const streams = { stdin: process.stdin, stdout: stream, stderr: stream };
  const context = { cwd, env, clock: systemClock, ...streams, interruption: () => signal };
  return { context, said: () => said };
}

/** The exit code that a command ends with, as the command line would. */
export async function exitOf(command: Promise<number>): Promise<number> {
  try {
    return await command;
  } catch (error) {
    if (error instanceof UserError) return exitCodes[error.exit];
    throw error;
  }
}

/** What is wrong with a branch on which each of some apps should have landed by one commit of its own; nothing where all is well. */
export function wrongWith(bare: string, branch: string, apps: readonly string[]): string[] {
  const git = (...args: string[]): string => execFileSync('git', ['--git-dir', bare, ...args], { encoding: 'utf8' });
  const problems = git('fsck', '--strict', '--no-dangling')
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  if (git('rev-list', '--merges', branch).trim() !== '') problems.push('a merge');
  for (const app of apps) {
    const commits = git('log', '--format=%h', branch, '--', app)
      .split('\n')
      .filter((line) => line !== '');
    if (commits.length !== 1) problems.push(`${app} landed ${commits.length} times`);
  }
  return problems;
}
