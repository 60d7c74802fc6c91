import type { CommitRequest, Git } from './git.ts';

/** How a write ended: `moved` where the branch was no longer at the commit's parent. */
export type Written = { state: 'landed'; commit: string } | { state: 'moved' } | { state: 'refused'; reason: string };

/** Writes commits to branches of a remote, each only onto the head that it names: the one way in which anything lands. */
export interface Writer {
  /** After `moved` nothing of the request is on the remote, and what is there has to be fetched. */
  write(branch: string, request: CommitRequest): Promise<Written>;
}

/** Writes by Git: a commit made here, pushed without force. */
export function createGitWriter(git: Git, remote: string): Writer {
  return {
    async write(branch, request) {
      const commit = await git.commit(request);
      const pushed = await git.push(remote, commit, branch);
      return pushed.state === 'landed' ? { state: 'landed', commit } : pushed;
    },
  };
}
