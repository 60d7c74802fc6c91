/** Something that costs so much a piece, in the smallest unit of a currency. */
export interface Priced {
  unitPrice: number;
  quantity: number;
}

/**
 * What all of it costs, in the smallest unit of the currency: whole numbers throughout, so that nothing is rounded.
 * @throws RangeError for an amount that is no whole number of at least 0, or too large to be exact
 */
export function totalOf(lines: readonly Priced[]): number {
  let total = 0;
  for (const { unitPrice, quantity } of lines) total = exact(total + exact(exact(unitPrice) * exact(quantity)));
  return total;
}

/** A sum or product beyond 2^53 - 1 is refused as soon as it is made: https://tc39.es/ecma262/#sec-number.issafeinteger */
function exact(amount: number): number {
  if (Number.isSafeInteger(amount) && amount >= 0) return amount;
  throw new RangeError(`${amount} is no amount of money that can be told exactly`);
}
