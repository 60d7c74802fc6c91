import { createHash, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { inTransaction } from './database.ts';
import { totalOf } from './money.ts';
import { insertOrder, selectByKey, selectOrder, takeKey } from './queries.ts';

export interface OrderLine {
  productId: string;
  quantity: number;
  /** In the smallest unit of the order's currency: what the caller has shown the customer. */
  unitPrice: number;
}

export interface Order {
  id: string;
  status: 'placed';
  /** ISO 4217. */
  currency: string;
  lines: OrderLine[];
  /** In the smallest unit of the currency. */
  total: number;
  /** ISO 8601, UTC. */
  placedAt: string;
}

/** What somebody orders. */
export type OrderRequest = Pick<Order, 'currency' | 'lines'>;

/** `repeated` is an order that the same request has placed before; `other` a key that was used for another request. */
export type Placement = { outcome: 'placed' | 'repeated'; order: Order } | { outcome: 'other' };

export interface OrderStore {
  /** Places an order once, however often and at however many pods the same key and request arrive. */
  place(key: string, request: OrderRequest): Promise<Placement>;
  find(id: string): Promise<Order | undefined>;
}

/** Orders in PostgreSQL. An answer that does not arrive says nothing: ask again with the same key. */
export function createOrderStore(pool: Pool, idempotencyHours: number): OrderStore {
  return {
    async place(key, request) {
      const id = randomUUID();
      const hash = hashOf(request);
      return inTransaction(pool, async (db): Promise<Placement> => {
        if (await takeKey(db, { key, request: hash, orderId: id, hours: idempotencyHours })) {
          const { currency, lines } = request;
          return { outcome: 'placed', order: await insertOrder(db, { id, currency, lines, total: totalOf(lines) }) };
        }
        const before = await selectByKey(db, key);
        return before.request.equals(hash) ? { outcome: 'repeated', order: before.order } : { outcome: 'other' };
      });
    },
    find: (id) => selectOrder(pool, id),
  };
}

/** Two requests are the same when they ask for the same, in whatever order their fields came. */
function hashOf({ currency, lines }: OrderRequest): Buffer {
  const asked = [currency, lines.map(({ productId, quantity, unitPrice }) => [productId, quantity, unitPrice])];
  return createHash('sha256').update(JSON.stringify(asked)).digest();
}
