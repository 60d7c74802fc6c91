import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { compareRenderings, type Diff } from '../core/diff/compare.ts';
import { describeDiff } from './diff.ts';

const before = `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {port: 80, name: a}
---
apiVersion: v1
kind: Namespace
metadata: {name: old}
`;
const after = before.replace('port: 80, name: a', 'port: "80"').replace(/---[^]*/, '');
const diff: Diff = {
  title: 'What prod runs, compared with staging',
  apps: [{ app: 'web', from: null, to: 'b-2', objects: compareRenderings(before, after, 'web') }],
};

function stream(isTTY: boolean): NodeJS.WriteStream {
  return Object.assign(new PassThrough(), { isTTY }) as unknown as NodeJS.WriteStream;
}

describe('describeDiff', () => {
  it('shows each object with what its fields were and become', () => {
    expect(describeDiff(diff, stream(false))).toBe(`What prod runs, compared with staging

web: nothing -> b-2
  - Namespace/old removed  grave deletion
  ~ Service/web changed  network
      spec.name
        - a
      spec.port
        - 80
        + "80"
`);
  });

  it('says so where nothing differs', () => {
    expect(describeDiff({ title: 'Here', apps: [] }, stream(false))).toBe('Here: no difference\n');
  });

  it('is coloured on a terminal only', () => {
    expect(describeDiff(diff, stream(true))).toContain('\u001b[32m');
    expect(describeDiff(diff, stream(false))).not.toContain('\u001b');
  });
});
