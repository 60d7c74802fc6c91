import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Client, type QueryResultRow } from 'pg';
import { inject, onTestFinished } from 'vitest';
import { readConfig, type Config } from '../src/config.ts';
import { migrate } from '../src/migrations.ts';
import { buildServer } from '../src/server.ts';

/** Whether tests that need a real PostgreSQL can run; where they cannot they are skipped, and counted so. */
export const noPostgres = inject('postgres') === undefined;

export const migrationsFolder = join(import.meta.dirname, '..', 'migrations');

export const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

export interface Database {
  env: Record<string, string>;
  config: Config;
  query<Row extends QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  /** A connection of its own, closed at the test's end. */
  connect(): Promise<Client>;
}

/** The folder of the server's socket. */
export function serverSocket(): string {
  const folder = inject('postgres');
  if (folder === undefined) throw new Error('a test without a server needs to be skipped: noPostgres');
  return folder;
}

/** An empty database for one test, dropped at its end with whatever is connected to it. */
export async function emptyDatabase(settings: Record<string, string> = {}): Promise<Database> {
  const host = serverSocket();
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const admin = await connectTo(host, 'postgres');
  await admin.query(`create database ${name}`);
  onTestFinished(async () => {
    await admin.query(`drop database ${name} with (force)`);
  });
  const url = `postgresql://postgres@localhost/${name}?host=${encodeURIComponent(host)}`;
  const env = { DATABASE_URL: url, LOG_LEVEL: 'silent', ...settings };
  const main = await connectTo(host, name);
  return {
    env,
    config: readConfig(env),
    query: async (sql, values) => (await main.query(sql, values)).rows,
    connect: () => connectTo(host, name),
  };
}

/** A database with every migration. */
export async function migratedDatabase(settings: Record<string, string> = {}): Promise<Database> {
  const database = await emptyDatabase(settings);
  await migrate(database.config, migrationsFolder, silent);
  return database;
}

/** A pod: the service on a database, closed at the test's end. */
export function pod(config: Config): FastifyInstance {
  const app = buildServer(config);
  onTestFinished(() => app.close());
  return app;
}

async function connectTo(host: string, database: string): Promise<Client> {
  const client = new Client({ host, user: 'postgres', database });
  // Dropping its database ends it.
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}
