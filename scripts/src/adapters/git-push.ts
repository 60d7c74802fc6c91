import type { ExecResult } from './exec.ts';

/** How a push ended: `moved` where the branch was no longer at the commit's parent, `unknown` where the remote did not say. */
export type PushResult = { state: 'landed' | 'moved' } | { state: 'refused' | 'unknown'; reason: string };

/** What became of a push that did not end with 0, by what git said of it. */
export function explainPush(result: ExecResult): PushResult {
  const rejected = result.stdout.split('\n').find((line) => line.startsWith('!'));
  const why = /\[(?:remote )?rejected\] \((.*)\)/.exec(rejected ?? '')?.[1] ?? '';
  if (/fetch first|non-fast-forward|stale info|failed to update ref|cannot lock ref|incorrect old value/.test(why)) {
    return { state: 'moved' };
  }
  const said = result.stderr
    .split('\n')
    .map((line) => /^remote: ?(.*?)\s*$/.exec(line)?.[1])
    .filter((line) => line !== undefined && line !== '');
  const reason = said.join('\n') || why || result.stderr.trim();
  return { state: rejected === undefined ? 'unknown' : 'refused', reason };
}
