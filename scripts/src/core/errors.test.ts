import { expect, it } from 'vitest';
import { exitCodes, nearest, unknownName, UserError, worstExit } from './errors.ts';

it.each([
  ['stagin', 'staging'],
  ['sotrefront', 'storefront'],
  ['PROD', 'prod'],
  ['pord', 'prod'],
  ['dve', 'dev'],
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

it('holds no password of an address, whoever reads it', () => {
  const said = 'fatal: unable to access https://ann:hunter2@github.com/acme/shop: refused';
  const error = new UserError(said, { hint: 'git fetch https://ghs_token@github.com/acme/shop' });

  expect(error.message).toBe('fatal: unable to access https://***@github.com/acme/shop: refused');
  expect(error.hint).toBe('git fetch https://***@github.com/acme/shop');
  expect(JSON.stringify(error)).not.toMatch(/hunter2|ghs_token/);
});

it.each([
  [[], 'done'],
  [['done', 'done'], 'done'],
  [['done', 'superseded', 'unknown'], 'unknown'],
  [['unknown', 'failed', 'superseded'], 'failed'],
] as const)('ends %j together as %s', (each, together) => {
  expect(worstExit(each.map((name) => exitCodes[name]))).toBe(exitCodes[together]);
});
