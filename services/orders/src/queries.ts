import type { Connection } from './database.ts';
import type { Order, OrderLine } from './orders.ts';

/** The newest migration that the queries below need; a version starts only on a database that has it. */
export const neededMigration = '0002-currency';

/** Where migrations that have run are written down, by the program that runs them. */
export const migrationsTable = 'migrations';

const order = `id, status, currency, lines, total, placed_at as "placedAt"`;

interface OrderRow extends Omit<Order, 'placedAt'> {
  placedAt: Date;
}

export interface NewOrder {
  id: string;
  currency: string;
  lines: readonly OrderLine[];
  total: number;
}

/** The SHA-256 of what is asked with a key. */
export interface KeyUse {
  key: string;
  request: Buffer;
  orderId: string;
  hours: number;
}

export async function hasMigration(db: Connection, name: string): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(`select to_regclass($1) is not null as found`, [migrationsTable]);
  if (rows[0]?.found !== true) return false;
  const { rowCount } = await db.query(`select from ${migrationsTable} where name = $1`, [name]);
  return rowCount === 1;
}

export async function insertOrder(db: Connection, { id, currency, lines, total }: NewOrder): Promise<Order> {
  const { rows } = await db.query<OrderRow>(
    `insert into orders (id, currency, lines, total) values ($1, $2, $3, $4) returning ${order}`,
    [id, currency, JSON.stringify(lines), total],
  );
  return only(rows.map(toOrder));
}

export async function selectOrder(db: Connection, id: string): Promise<Order | undefined> {
  const { rows } = await db.query<OrderRow>(`select ${order} from orders where id = $1`, [id]);
  return rows.map(toOrder)[0];
}

/**
 * Takes a key that nobody holds, or whose time is up; false where somebody does. Waits for a transaction that is about
 * to take the same key, and keeps the key's row as it is until the end of this one.
 */
export async function takeKey(db: Connection, { key, request, orderId, hours }: KeyUse): Promise<boolean> {
  const { rowCount } = await db.query(
    `insert into idempotency_keys (key, request, order_id, expires_at)
     values ($1, $2, $3, now() + make_interval(hours => $4))
     on conflict (key) do update
       set request = excluded.request, order_id = excluded.order_id, expires_at = excluded.expires_at
       where idempotency_keys.expires_at <= now()`,
    [key, request, orderId, hours],
  );
  return rowCount === 1;
}

/** What was asked with a key that was taken before, and the order that it placed. */
export async function selectByKey(db: Connection, key: string): Promise<{ request: Buffer; order: Order }> {
  const { rows } = await db.query<OrderRow & { request: Buffer }>(
    `select request, ${order} from idempotency_keys join orders on id = order_id where key = $1`,
    [key],
  );
  const { request, ...row } = only(rows);
  return { request, order: toOrder(row) };
}

/** Deletes at most so many keys whose time is up, passing over those that others hold; gives how many it deleted. */
export async function deleteExpiredKeys(db: Connection, most: number): Promise<number> {
  const { rowCount } = await db.query(
    `delete from idempotency_keys where key in
       (select key from idempotency_keys where expires_at <= now() limit $1 for update skip locked)`,
    [most],
  );
  return rowCount ?? 0;
}

function toOrder({ placedAt, ...row }: OrderRow): Order {
  return { ...row, placedAt: placedAt.toISOString() };
}

function only<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined) throw new Error('the database gave no row where there must be one');
  return row;
}
