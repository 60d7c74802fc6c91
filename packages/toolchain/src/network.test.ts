import { expect, test } from 'vitest';
import { unreachable } from './network.ts';

test('a closed host is tried once in a run', async () => {
  const first = unreachable('http://127.0.0.1:1/a', {});
  expect(unreachable('http://127.0.0.1:1/b', {})).toBe(first);
  expect(await first).toContain('cannot be reached');
});
