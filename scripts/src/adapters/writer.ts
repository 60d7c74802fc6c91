import type { CommitRequest } from './git-import.ts';

/** A commit to be made on a branch. */
export interface WriteRequest extends CommitRequest {
  /**
   * The files and folders that it was decided on. Where only others have changed since `head`, it goes onto the newer head
   * as it is; without it, or where one of these has changed, the write is answered with `moved`.
   */
  basis?: readonly string[] | undefined;
}

/** How a write ended: `moved` where what it was decided on is no longer so. */
export type Written = { state: 'landed'; commit: string } | { state: 'moved' } | { state: 'refused'; reason: string };

/** Writes commits to branches of a remote, by compare-and-swap on their heads: the one way in which anything lands. */
export interface Writer {
  /**
   * A request that is on the branch already, since an answer was lost, is not written again.
   * After `moved` nothing of it is on the remote; what is there has to be fetched before it is asked for again.
   */
  write(branch: string, request: WriteRequest): Promise<Written>;
}
