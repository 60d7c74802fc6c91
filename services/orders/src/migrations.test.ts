import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { emptyDatabase, migratedDatabase, migrationsFolder, noPostgres, pod, silent } from '../test/database.ts';
import { versionBeforeCurrency as before } from '../test/version-before-currency.ts';
import { migrate } from './migrations.ts';
import { createOrderStore } from './orders.ts';
import { createPool } from './database.ts';
import { neededMigration } from './queries.ts';

const files = (await readdir(migrationsFolder)).toSorted();
const names = files.map((file) => basename(file, '.sql'));
const lines = [{ productId: 'penstock', quantity: 2, unitPrice: 129_000 }];

/** The migrations up to one of them, as an older version has them, with more files where given. */
async function folderUpTo(last: string, more: Record<string, string> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-migrations-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const kept = files.filter((file) => basename(file, '.sql') <= last);
  for (const file of kept) await cp(join(migrationsFolder, file), join(folder, file));
  for (const [file, text] of Object.entries(more)) await writeFile(join(folder, file), text);
  return folder;
}

it('numbers the files without a gap, and bounds how long each waits for a lock', async () => {
  expect(files.map((file) => file.slice(0, 5))).toEqual(files.map((_, index) => `${index + 1}-`.padStart(5, '0')));
  for (const file of files) {
    expect(await readFile(join(migrationsFolder, file), 'utf8'), file).toMatch(/^set local lock_timeout = '\d+s';$/m);
  }
});

it('needs a migration that is there', () => {
  expect(names).toContain(neededMigration);
});

describe.skipIf(noPostgres)('migrations', () => {
  it('run once in the order of their numbers, and find nothing to do the second time', async () => {
    const { config } = await emptyDatabase();

    expect(await migrate(config, migrationsFolder, silent)).toEqual(names);
    expect(await migrate(config, migrationsFolder, silent)).toEqual([]);
  });

  it('run once in all where five start at the same time', async () => {
    const { config } = await emptyDatabase();

    const ran = await Promise.all(Array.from({ length: 5 }, () => migrate(config, migrationsFolder, silent)));

    expect(ran.flat()).toEqual(names);
  });

  it('of an older version find nothing to do on a newer database, so that a rollback is not held up', async () => {
    const { config } = await migratedDatabase();

    expect(await migrate(config, await folderUpTo('0001-orders'), silent)).toEqual([]);
  });

  it('leave nothing of one that fails, and keep those before it', async () => {
    const { config, query } = await emptyDatabase();
    const broken = { '0002-broken.sql': 'create table half (); select 1 / 0;' };

    await expect(migrate(config, await folderUpTo('0001-orders', broken), silent)).rejects.toThrow('division by zero');

    expect(await query('select name from migrations')).toEqual([{ name: '0001-orders' }]);
    expect(await query(`select to_regclass('half') as half`)).toEqual([{ half: null }]);
    expect(await migrate(config, migrationsFolder, silent)).toEqual(names.slice(1));
  });

  it('give up a lock that a long transaction keeps, instead of having every request wait behind them', async () => {
    const { config, connect } = await emptyDatabase();
    await migrate(config, await folderUpTo('0001-orders'), silent);
    const reader = await connect();
    await reader.query('begin');
    await reader.query('select from orders');
    const patient = { '0002-wait.sql': `set local lock_timeout = '50ms'; alter table orders add column x text;` };
    const folder = await folderUpTo('0001-orders', patient);

    await expect(migrate(config, folder, silent)).rejects.toMatchObject({ code: '55P03' });
    await reader.query('commit');
    expect(await migrate(config, folder, silent)).toEqual(['0002-wait']);
  });

  it('are refused where one that comes earlier was added after later ones have run', async () => {
    const { config } = await migratedDatabase();
    const folder = await folderUpTo('0001-orders', { '0001-too-late.sql': 'select 1;' });
    await cp(join(migrationsFolder, '0002-currency.sql'), join(folder, '0002-currency.sql'));

    await expect(migrate(config, folder, silent)).rejects.toThrow('Not run migration');
  });
});

describe.skipIf(noPostgres)('an old and a new version side by side', () => {
  it('read what the other has placed, before and after the migration', async () => {
    const database = await emptyDatabase();
    const { config, connect } = database;
    await migrate(config, await folderUpTo('0001-orders'), silent);
    const old = await connect();
    const [earlier, meanwhile] = [randomUUID(), randomUUID()];
    await before.place(old, 'old-1', earlier, 500);

    await migrate(config, migrationsFolder, silent);
    await before.place(old, 'old-2', meanwhile, 700);
    const pool = createPool(config, () => undefined);
    onTestFinished(() => pool.end());
    const store = createOrderStore(pool, 24);
    const placed = await store.place('new-1', { currency: 'EUR', lines });

    expect(await store.find(earlier)).toMatchObject({ currency: 'EUR', total: 500 });
    expect(await store.find(meanwhile)).toMatchObject({ currency: 'EUR', total: 700 });
    if (placed.outcome === 'other') throw new Error('the key was new');
    expect(await before.find(old, placed.order.id)).toEqual({ status: 'placed', total: 258_000 });
  });

  it('keep each other from using a key twice', async () => {
    const { config, connect } = await migratedDatabase();
    const old = await connect();
    await before.place(old, 'k-1', randomUUID(), 500);
    const pool = createPool(config, () => undefined);
    onTestFinished(() => pool.end());

    expect(await createOrderStore(pool, 24).place('k-1', { currency: 'EUR', lines })).toEqual({ outcome: 'other' });
  });

  it('do not start in the wrong order: the new one is not ready before the migration that it needs', async () => {
    const { config } = await emptyDatabase();
    await migrate(config, await folderUpTo('0001-orders'), silent);
    const app = pod(config);
    await app.ready();

    expect((await app.inject('/readyz')).json()).toEqual({ status: 'waiting', for: ['database'] });
    expect((await app.inject('/livez')).statusCode).toBe(200);

    await migrate(config, migrationsFolder, silent);
    await expect.poll(async () => (await app.inject('/readyz')).statusCode, { timeout: 20_000 }).toBe(200);
  });
});
