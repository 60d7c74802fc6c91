import type { Answer } from './operation.ts';
import { primaryLimit, secondaryLimit } from './rate.ts';
import type { RateResource, State } from './state.ts';

/** What goes wrong with a call; `done` ones happen after its work was done. */
export type Fault = { on: string; times?: number } & (
  | { kind: 'done, connection reset' }
  | { kind: 'done, 500' }
  /** The answer begins, and the connection ends in the middle of its body. */
  | { kind: 'done, cut body' }
  | { kind: '502' }
  | { kind: 'connection reset' }
  /** Somebody else commits to the branch first, so that the head that was expected is stale. */
  | { kind: 'stale head'; files?: Record<string, string> }
  | { kind: 'primary rate limit'; resetsIn: number }
  | { kind: 'secondary rate limit'; status?: 403 | 429; retryAfter?: number }
  /** The answer waits for it. */
  | { kind: 'slow'; until: Promise<unknown> }
);

export interface Faults {
  /** The next call of `on`, an operation such as `pulls/create` or `createCommitOnBranch` (`*` is any), or the next `times`, go wrong. */
  add(fault: Fault): void;
  /** What strikes this call, if anything. */
  strike(operation: string): Fault | undefined;
  /** Those that no call has met. */
  unmet(): Fault[];
}

export function createFaults(): Faults {
  const waiting: { fault: Fault; left: number; met: boolean }[] = [];
  return {
    add: (fault) => void waiting.push({ fault, left: fault.times ?? 1, met: false }),
    strike(operation) {
      const found = waiting.find(({ fault, left }) => left > 0 && (fault.on === operation || fault.on === '*'));
      if (found === undefined) return undefined;
      found.left -= 1;
      found.met = true;
      return found.fault;
    },
    unmet: () => waiting.filter(({ met }) => !met).map(({ fault }) => fault),
  };
}

/** What a fault answers without any work being done; undefined where the work comes first. */
export function insteadOf({ now }: State, fault: Fault, resource: RateResource): Answer | undefined {
  if (fault.kind === '502') return { status: 502, body: { message: 'Bad Gateway' } };
  if (fault.kind === 'connection reset') return { status: 0 };
  if (fault.kind === 'primary rate limit') {
    return primaryLimit(resource, new Date(now().getTime() + fault.resetsIn * 1000));
  }
  if (fault.kind === 'secondary rate limit') return secondaryLimit(fault.status ?? 403, fault.retryAfter);
  return undefined;
}

/** Commits to a branch as somebody else would, past every rule. */
export async function interfere({ bare, now }: State, branch: string, files: Record<string, string>): Promise<void> {
  const parent = await bare.resolve(`refs/heads/${branch}`);
  if (parent === undefined) return;
  const additions = Object.entries(files).map(([path, text]) => ({ path, contents: Buffer.from(text) }));
  const commit = await bare.commit({
    parent,
    message: 'Be faster',
    author: 'Somebody Else <else@example.invalid>',
    at: Math.floor(now().getTime() / 1000),
    additions,
    deletions: [],
  });
  await bare.update(`refs/heads/${branch}`, commit, parent);
}
