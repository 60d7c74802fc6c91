import { exec, type ExecOptions, type ExecResult } from './exec.ts';

/** Runs git with arguments in one folder; throws UserError as `exec`. */
export type RunGit = (args: readonly string[], options?: ExecOptions) => Promise<ExecResult>;

/** `env` is the whole environment that Git sees. */
export function createRunner(cwd: string, env: NodeJS.ProcessEnv): RunGit {
  return (args, options = {}) => exec('git', args, { cwd, env, ...options });
}
