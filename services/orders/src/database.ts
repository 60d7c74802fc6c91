import { DatabaseError, Pool, TypeOverrides, types, type PoolClient, type PoolConfig } from 'pg';
import type { Config } from './config.ts';

/** What a query runs on: a pool, or the connection of a transaction. */
export type Connection = Pick<PoolClient, 'query'>;

/**
 * A pool of connections that never waits without end: for a connection, for a lock, for an answer, or for a transaction
 * that was left open. It makes its first connection with the first query.
 *
 * @param onError gets the error of a connection that broke, in use or not; the pool has replaced it
 */
export function createPool(config: Config, onError: (error: Error) => void): Pool {
  const pool = new Pool({
    ...connectionOptions(config),
    max: config.DATABASE_CONNECTIONS,
    connectionTimeoutMillis: config.DATABASE_WAIT_MS,
    statement_timeout: config.DATABASE_STATEMENT_MS,
    // For a server that has gone without a word: the one above is the server's own.
    query_timeout: config.DATABASE_STATEMENT_MS + 1_000,
    idle_in_transaction_session_timeout: config.DATABASE_STATEMENT_MS,
  });
  pool.on('error', onError);
  // One that is in use has no listener of the pool's, and an error that nobody listens to ends the process.
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

/** How to reach the database, for the pool and for migrations. */
export function connectionOptions({ DATABASE_URL, service, POD_NAME }: Config): PoolConfig {
  return {
    connectionString: DATABASE_URL,
    application_name: `${service} ${POD_NAME}`,
    keepAlive: true,
    types: numbers(),
  };
}

/** PostgreSQL's bigint as a number, which pg leaves as text: amounts of money are checked to fit before they are stored. */
function numbers(): TypeOverrides {
  const overrides = new TypeOverrides();
  overrides.setTypeParser(types.builtins.INT8, (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value))
      throw new RangeError(`the database has ${text}, which a number cannot tell exactly`);
    return value;
  });
  return overrides;
}

/** Runs `work` in a transaction: all of it happens, or none. A connection that cannot even roll back is thrown away. */
export async function inTransaction<T>(pool: Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((reason: unknown) => void (broken = reason as Error));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, resources, shutdown, deadlock, waits too long. */
const passing = /^(08|53|57P|40)|^(57014|55P03|25P03|25P04)$/;

/** How pg's own errors begin, which have no code. */
const lost = [
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Connection terminated',
  'Query read timeout',
  'Client has encountered a connection error',
];

/** Whether the same request may succeed a moment later: the server is away, has too much to do, or took too long. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseError) return passing.test(error.code ?? '');
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (/^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOENT|ENOTFOUND|EAI_AGAIN)/.test(code)) return true;
  return lost.some((beginning) => message.startsWith(beginning));
}
