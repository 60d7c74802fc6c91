import { UserError } from '../core/errors.ts';
import { explainPush, type PushResult } from './git-push.ts';
import type { RunGit } from './git-run.ts';

/** What passes between a repository and its remotes. */
export interface GitRemotes {
  push(remote: string, commit: string, branch: string): Promise<PushResult>;
  /** Sets a branch to a commit, whatever its history, or with `undefined` removes it, if it still is at `expected`. */
  replace(
    remote: string,
    branch: string,
    commit: string | undefined,
    expected: string | undefined,
  ): Promise<PushResult>;
  fetch(remote: string): Promise<void>;
}

/** How often a fetch is tried that meets another one in the same clone. */
const fetches = 5;

export function createRemotes(run: RunGit): GitRemotes {
  async function push(...args: readonly string[]): Promise<PushResult> {
    const result = await run(['push', '--porcelain', '--no-verify', ...args], { nothrow: true });
    return result.code === 0 ? { state: 'landed' } : explainPush(result);
  }

  return {
    push: (remote, commit, branch) => push('--end-of-options', remote, `${commit}:refs/heads/${branch}`),
    replace(remote, branch, commit, expected) {
      const ref = `refs/heads/${branch}`;
      const lease = `--force-with-lease=${ref}:${expected ?? ''}`;
      return push(lease, '--end-of-options', remote, `${commit ?? ''}:${ref}`);
    },
    async fetch(remote) {
      const spec = `+refs/heads/*:refs/remotes/${remote}/*`;
      const quick = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-auto-maintenance'];
      const args = ['fetch', ...quick, '--prune', '--end-of-options', remote, spec];
      // Another command in this clone may have fetched the same meanwhile; what is left then is asked for again.
      for (let attempt = 1; ; attempt++) {
        const { code, stderr } = await run(args, { nothrow: true });
        if (code === 0) return;
        if (attempt === fetches || !/cannot lock ref|unable to update local ref/.test(stderr)) {
          throw new UserError(`nothing could be fetched from the Git remote ${remote}: ${stderr.trim()}`, {
            hint: `git fetch ${remote} has to work first; git remote get-url ${remote} says where it is`,
          });
        }
      }
    },
  };
}
