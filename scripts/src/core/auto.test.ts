import { expect, it } from 'vitest';
import { staysAway } from './auto.ts';

it('lets a release come that was never there', () => {
  expect(staysAway([], undefined, 'a')).toBeUndefined();
  expect(staysAway(['b'], 'b', 'a')).toBeUndefined();
});

it('brings back neither a release that has left, nor an app that was retired', () => {
  expect(staysAway(['b', 'a'], 'b', 'a')).toBe('it has left here before');
  expect(staysAway(['b'], undefined, 'a')).toBe('the app was retired here');
});
