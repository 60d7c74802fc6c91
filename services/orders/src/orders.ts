import { randomUUID } from 'node:crypto';

export interface OrderLine {
  productId: string;
  quantity: number;
}

export interface Order {
  id: string;
  status: 'placed';
  lines: OrderLine[];
  /** ISO 8601, UTC. */
  placedAt: string;
}

export interface OrderStore {
  place(lines: OrderLine[]): Order;
  find(id: string): Order | undefined;
}

/** Orders in the memory of this process: gone with the pod, and not seen by the pods beside it. */
export function createOrderStore(kept: number, now: () => Date = () => new Date()): OrderStore {
  const orders = new Map<string, Order>();
  return {
    place(lines) {
      const order: Order = { id: randomUUID(), status: 'placed', lines, placedAt: now().toISOString() };
      orders.set(order.id, order);
      for (const oldest of orders.keys()) {
        if (orders.size <= kept) break;
        orders.delete(oldest);
      }
      return order;
    },
    find: (id) => orders.get(id),
  };
}
