import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runToEnd, startService } from '@sluice/chassis/testing';
import { emptyDatabase, migratedDatabase, noPostgres, serverSocket } from '../test/database.ts';
import { detour } from '../test/detour.ts';

const main = join(import.meta.dirname, 'main.ts');
const service = join(import.meta.dirname, '..');
const patience = { timeout: 20_000 };

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status;

/** Makes a folder such as the image has, with the bundles of this service and its migrations. */
async function image(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-orders-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await symlink(import.meta.dirname, join(folder, 'src'));
  const bundle = join(service, '..', '..', 'packages', 'chassis', 'bundle.ts');
  await promisify(execFile)(process.execPath, [bundle, 'src/main.ts', 'src/migrate.ts'], { cwd: folder });
  await cp(join(service, 'migrations'), join(folder, 'dist', 'migrations'), { recursive: true });
  return join(folder, 'dist');
}

/** Runs the migrations as a Job does. */
async function migrate(
  env: Record<string, string>,
  program = join(import.meta.dirname, 'migrate.ts'),
  cwd = service,
): Promise<{ code: number; log: Record<string, unknown>[] }> {
  const child = spawn(process.execPath, [program], {
    cwd,
    env: { ...env, LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const log = output.trim().split('\n');
  return { code: code as number, log: log.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

it('says what is missing without a database, and never what the password is', async () => {
  const [without, task, wrong] = await Promise.all([
    runToEnd(main, {}),
    runToEnd(join(import.meta.dirname, 'migrate.ts'), {}),
    runToEnd(main, { DATABASE_URL: 'mysql://me:hunter2@db/orders', CURRENCIES: 'EUR,XXY' }),
  ]);

  expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('DATABASE_URL (not set): expected where') });
  expect(task).toEqual(without);
  expect(wrong.stderr).toContain('DATABASE_URL=…: expected where PostgreSQL is');
  expect(wrong.stderr).toContain('CURRENCIES="EUR,XXY": expected codes of ISO 4217');
  expect(wrong.stderr).not.toContain('hunter2');
});

describe.skipIf(noPostgres)('a process', () => {
  it('becomes ready with its database, and ends with 0 and no connection left at SIGTERM', async () => {
    const { env, query } = await migratedDatabase();
    const service = await startService(main, { ...env, VERSION: 'v2', LOG_LEVEL: 'info' });
    await expect.poll(() => statusOf(`${service.url}/readyz`), patience).toBe(200);

    const version = await fetch(`${service.url}/version`);
    service.child.kill('SIGTERM');

    expect(await version.json()).toMatchObject({ service: 'orders', version: 'v2' });
    expect(await service.exited).toBe(0);
    const connections = `select from pg_stat_activity where datname = current_database() and application_name like 'orders %'`;
    await expect.poll(() => query(connections), patience).toEqual([]);
  });

  it('stays ready while its database is away, answers 503 meanwhile, and places orders when it is back', async () => {
    const { env } = await migratedDatabase();
    const way = await detour(serverSocket());
    const DATABASE_URL = env['DATABASE_URL']?.replace(/host=.*/, `host=${encodeURIComponent(way.folder)}`) ?? '';
    const { url } = await startService(main, { ...env, DATABASE_URL, LOG_LEVEL: 'info' });
    await expect.poll(() => statusOf(`${url}/readyz`), patience).toBe(200);
    const order = () =>
      fetch(`${url}/api/v1/orders`, {
        method: 'POST',
        headers: { 'idempotency-key': 'k-1', 'content-type': 'application/json' },
        body: JSON.stringify({ lines: [{ productId: 'penstock', quantity: 1, unitPrice: 129_000 }] }),
      });

    await way.cut();
    expect((await order()).status).toBe(503);
    expect(await statusOf(`${url}/readyz`)).toBe(200);
    expect(await statusOf(`${url}/livez`)).toBe(200);

    await way.mend();
    await expect.poll(async () => (await order()).status, patience).toBe(201);
  });

  it('migrates, says what it did, and does nothing the second time', async () => {
    const { env } = await emptyDatabase();

    const [first, second] = [await migrate(env), await migrate(env)];

    expect(first.code).toBe(0);
    expect(first.log.at(-1)).toMatchObject({
      message: 'migrated',
      service: 'orders',
      migrations: ['0001-orders', '0002-currency', '0003-currency-check'],
    });
    expect(second).toMatchObject({ code: 0 });
    expect(second.log.at(-1)).toMatchObject({ message: 'nothing to migrate' });
  });

  it('fails with 1 and the reason in its log where a migration cannot run', async () => {
    const { env, query } = await emptyDatabase();
    await query('create table orders ()');

    const { code, log } = await migrate(env);

    expect(code).toBe(1);
    expect(log.at(-1)).toMatchObject({ level: 'FATAL', err: { message: 'relation "orders" already exists' } });
  });

  it('migrates and serves from its bundles, as in its image', async () => {
    const { env } = await emptyDatabase();
    const folder = await image();

    expect((await migrate(env, join(folder, 'migrate.mjs'), folder)).log.at(-1)).toMatchObject({ message: 'migrated' });
    const { url } = await startService(join(folder, 'main.mjs'), { ...env, LOG_LEVEL: 'info' });

    await expect.poll(() => statusOf(`${url}/readyz`), patience).toBe(200);
  });
});
