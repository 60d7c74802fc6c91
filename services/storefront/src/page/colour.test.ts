import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { colourOf, palette } from './colour.ts';

it('gives a version the same colour every time', () => {
  expect(colourOf('4f1c9a77d2e0-12', [], palette.length)).toBe(colourOf('4f1c9a77d2e0-12', [], palette.length));
});

it.each([
  ['4f1c9a77d2e0-12', '9b02c6e1aa34-13'],
  ['v1', 'v2'],
  ['same', 'same'],
  ['', 'x'],
])('tells %j and %j apart when they are seen together', (stable, canary) => {
  const first = colourOf(stable, [], palette.length);

  expect(colourOf(canary, [first], palette.length)).not.toBe(first);
});

it('stays within the palette, also when it is used up', () => {
  expect(palette[colourOf('fifth', [0, 1, 2, 3], palette.length)]).toBeDefined();
});

it('works as its own source text, as the browser gets it', () => {
  const fromText = runInNewContext(`(${String(colourOf)})`) as typeof colourOf;

  expect(fromText('v2', [0], 4)).toBe(colourOf('v2', [0], 4));
});
