import type { ExitName } from '../errors.ts';

/** What the cluster has made of one landing of one app so far. */
export interface Outcome {
  state: 'progressing' | 'verified' | 'retired' | 'failed' | 'aborted' | 'timed-out' | 'superseded' | 'unknown';
  /** In one line: what is going on, or on what the answer rests. */
  reason: string;
  /** A canary's very first release, which nothing could be compared with: no analysis ran. */
  initial?: boolean;
  /** Nothing has run that could be watched: it is in the cluster as the landing asked, and no more is known. */
  applied?: boolean;
}

/** How each state ends a command. */
export const outcomeExits: Record<Outcome['state'], ExitName> = {
  progressing: 'unknown',
  verified: 'done',
  retired: 'done',
  failed: 'failed',
  aborted: 'failed',
  'timed-out': 'failed',
  superseded: 'superseded',
  unknown: 'unknown',
};

export function progressing(reason: string): Outcome {
  return { state: 'progressing', reason };
}

export function applied(reason: string): Outcome {
  return { state: 'verified', reason: `applied; ${reason}`, applied: true };
}
