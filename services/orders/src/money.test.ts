import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { totalOf, type Priced } from './money.ts';

const priced = fc.record({
  unitPrice: fc.nat({ max: 1_000_000_000 }),
  quantity: fc.integer({ min: 1, max: 999 }),
});
const anything = fc.record({ unitPrice: fc.maxSafeNat(), quantity: fc.maxSafeNat() });
const exactly = (lines: readonly Priced[]): bigint => {
  let sum = 0n;
  for (const { unitPrice, quantity } of lines) sum += BigInt(unitPrice) * BigInt(quantity);
  return sum;
};

function attempt(lines: readonly Priced[]): bigint | string {
  try {
    return BigInt(totalOf(lines));
  } catch (error) {
    return error instanceof RangeError ? 'refused' : String(error);
  }
}

it('is exact for every order that may be placed', () => {
  fc.assert(
    fc.property(fc.array(priced, { maxLength: 100 }), (lines) => {
      expect(BigInt(totalOf(lines))).toBe(exactly(lines));
    }),
  );
});

it('does not depend on how lines are ordered or split', () => {
  fc.assert(
    fc.property(fc.array(priced, { minLength: 1, maxLength: 20 }), ([first, ...others]) => {
      const { unitPrice, quantity } = first!;
      const split = [...others, { unitPrice, quantity: 1 }, { unitPrice, quantity: quantity - 1 }];
      expect(totalOf(split.toReversed())).toBe(totalOf([first!, ...others]));
    }),
  );
});

it('is exact or refused, and never rounded, however much it is', () => {
  fc.assert(
    fc.property(fc.array(anything, { minLength: 1, maxLength: 4 }), (lines) => {
      const right = exactly(lines);
      const possible = right <= BigInt(Number.MAX_SAFE_INTEGER);
      expect(attempt(lines)).toBe(possible ? right : 'refused');
    }),
  );
});

it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a price of %d', (unitPrice) => {
  expect(() => totalOf([{ unitPrice, quantity: 1 }])).toThrow(`${unitPrice} is no amount of money`);
});
