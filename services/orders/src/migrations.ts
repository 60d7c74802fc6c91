import { runner } from 'node-pg-migrate';
import { Client } from 'pg';
import type { Config } from './config.ts';
import { connectionOptions } from './database.ts';
import { migrationsTable } from './queries.ts';

/** What is told what happens: a pino logger is one. */
export interface MigrationLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/**
 * Runs the migrations of a folder that have not run yet, in the order of their numbers, each in a transaction of its own.
 * Whoever comes second waits for the first, by an advisory lock, and finds nothing left to do.
 *
 * @param folder SQL files called `0001-what.sql`
 * @returns the names of those that ran
 * @throws Error of the database, or where the database has a migration that comes after one that did not run
 */
export async function migrate(config: Config, folder: string, log: MigrationLog): Promise<string[]> {
  const client = new Client({ ...connectionOptions(config), connectionTimeoutMillis: config.DATABASE_WAIT_MS });
  client.on('error', (error) => log.error(error.message));
  await client.connect();
  try {
    const ran = await runner({
      dbClient: client,
      dir: folder,
      direction: 'up',
      migrationsTable,
      advisoryLockMode: 'wait',
      singleTransaction: false,
      logger: log,
    });
    return ran.map(({ name }) => name);
  } finally {
    await client.end();
  }
}
