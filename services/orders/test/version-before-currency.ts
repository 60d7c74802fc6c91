import type { Client } from 'pg';

/**
 * What the version before `0002-currency` asks the database, kept as it was while a rollout or a rollback may have both
 * versions running. It goes with the contract step.
 */
export const versionBeforeCurrency = {
  async place(db: Client, key: string, id: string, total: number): Promise<void> {
    await db.query('begin');
    await db.query(
      `insert into idempotency_keys (key, request, order_id, expires_at)
       values ($1, '\\x00', $2, now() + interval '24 hours')
       on conflict (key) do update
         set request = excluded.request, order_id = excluded.order_id, expires_at = excluded.expires_at
         where idempotency_keys.expires_at <= now()`,
      [key, id],
    );
    await db.query(`insert into orders (id, lines, total) values ($1, '[]', $2) returning id, status, lines, total`, [
      id,
      total,
    ]);
    await db.query('commit');
  },

  async find(db: Client, id: string): Promise<{ status: string; total: number } | undefined> {
    const { rows } = await db.query('select id, status, lines, total, placed_at from orders where id = $1', [id]);
    return rows.map(({ status, total }) => ({ status, total: Number(total) }))[0];
  },
};
