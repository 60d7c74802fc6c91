import { expect, it } from 'vitest';
import { nearest, unknownName } from './errors.ts';

it.each([
  ['stagin', 'staging'],
  ['sotrefront', 'storefront'],
  ['PROD', 'prod'],
])('takes %s for %s', (typed, meant) => {
  expect(nearest(typed, ['dev', 'staging', 'prod', 'storefront'])).toBe(meant);
});

it('guesses nothing when nothing is near', () => {
  expect(nearest('elsewhere', ['dev', 'prod'])).toBeUndefined();
});

it('lists what is known and ends as a usage error', () => {
  const error = unknownName('environment', 'stagin', ['dev', 'staging']);

  expect(error).toMatchObject({
    message: 'unknown environment "stagin" (did you mean "staging"?)',
    hint: 'known: dev, staging',
    exit: 'usage',
  });
});
