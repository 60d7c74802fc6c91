import { expect, it } from 'vitest';
import { createOrderStore } from './orders.ts';

const lines = [{ productId: 'penstock', quantity: 1 }];

it('gives back the order that was placed', () => {
  const store = createOrderStore(10, () => new Date(0));

  const order = store.place(lines);

  expect(store.find(order.id)).toEqual({ id: order.id, status: 'placed', lines, placedAt: '1970-01-01T00:00:00.000Z' });
});

it('forgets the oldest order when it keeps as many as it may', () => {
  const store = createOrderStore(2);

  const [first, second, third] = [store.place(lines), store.place(lines), store.place(lines)];

  expect(store.find(first.id)).toBeUndefined();
  expect(store.find(second.id)).toEqual(second);
  expect(store.find(third.id)).toEqual(third);
});
