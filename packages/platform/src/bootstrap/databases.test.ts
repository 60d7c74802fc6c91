import { expect, it } from 'vitest';
import { databaseObjects, databases, passwordsFor } from './databases.ts';

const settings = { databases: { orders: ['orders-dev', 'orders-prod'], stock: ['stock-dev'] } };
const wanted = databases(settings);

function textOf(value: unknown): string {
  return Buffer.from(String(value), 'base64').toString();
}

it('is a database for each namespace of each app', () => {
  expect(wanted).toEqual([
    { app: 'orders', namespace: 'orders-dev' },
    { app: 'orders', namespace: 'orders-prod' },
    { app: 'stock', namespace: 'stock-dev' },
  ]);
});

it('keeps the passwords that there are, makes those that are missing, and forgets those of nobody', () => {
  const passwords = passwordsFor(wanted, { 'orders-dev': 'kept', gone: 'x' });

  expect(Object.keys(passwords)).toEqual(['orders-dev', 'orders-prod', 'stock-dev']);
  expect(passwords['orders-dev']).toBe('kept');
  expect(passwords['orders-prod']).toMatch(/^[\w-]{32}$/);
  expect(passwords['stock-dev']).not.toBe(passwords['orders-prod']);
});

it('gives each app the address of its own database, and PostgreSQL all passwords', () => {
  const passwords = { 'orders-dev': 'a/b:c@d?e#f%g', 'orders-prod': 'p', 'stock-dev': 's' };
  const objects = databaseObjects(wanted, passwords) as { kind: string; metadata: object; data: object }[];

  expect(objects.map(({ kind, metadata }) => ({ kind, ...metadata }))).toEqual([
    { kind: 'Secret', namespace: 'postgresql', name: 'postgresql-databases' },
    { kind: 'Namespace', name: 'orders-dev' },
    { kind: 'Secret', namespace: 'orders-dev', name: 'orders-database' },
    { kind: 'Namespace', name: 'orders-prod' },
    { kind: 'Secret', namespace: 'orders-prod', name: 'orders-database' },
    { kind: 'Namespace', name: 'stock-dev' },
    { kind: 'Secret', namespace: 'stock-dev', name: 'stock-database' },
  ]);
  const all = Object.entries(objects[0]?.data ?? {}).map(([name, value]) => [name, textOf(value)]);
  expect(Object.fromEntries(all)).toEqual(passwords);
  const url = new URL(textOf(Object.values(objects[2]?.data ?? {})[0]));
  expect(decodeURIComponent(url.password)).toBe(passwords['orders-dev']);
  expect(url).toMatchObject({
    username: 'orders-dev',
    host: 'postgresql.postgresql.svc.cluster.local:5432',
    pathname: '/orders-dev',
  });
});
