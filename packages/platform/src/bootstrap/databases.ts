import { randomBytes } from 'node:crypto';
import type { Settings } from '../settings.ts';

/** The password of each database, by its name. */
export type Passwords = Readonly<Record<string, string>>;

/** A database of an app, called as the namespace that the app has there, as is its role. */
export interface AppDatabase {
  app: string;
  namespace: string;
}

export function databases({ databases: byApp }: Pick<Settings, 'databases'>): AppDatabase[] {
  return Object.entries(byApp).flatMap(([app, namespaces]) => namespaces.map((namespace) => ({ app, namespace })));
}

/** Passwords for these databases, those that are known already and new ones. */
export function passwordsFor(wanted: readonly AppDatabase[], known: Partial<Passwords>): Passwords {
  return Object.fromEntries(
    wanted.map(({ namespace }) => [namespace, known[namespace] ?? randomBytes(24).toString('base64url')]),
  );
}

/** The Secret with all passwords that PostgreSQL reads, and for each app its namespace and the Secret that it reads. */
export function databaseObjects(wanted: readonly AppDatabase[], passwords: Passwords): object[] {
  return [
    secret('postgresql', 'postgresql-databases', passwords),
    ...wanted.flatMap(({ app, namespace }) => [
      // Argo CD would make it, but only with the app, which then waits for its Secret.
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      secret(namespace, `${app}-database`, { url: databaseUrl(namespace, passwords[namespace] ?? '') }),
    ]),
  ];
}

/** Where an app finds its database; with the cluster's domain, or its name would be asked for outside of the cluster first. */
function databaseUrl(name: string, password: string): string {
  return `postgresql://${name}:${encodeURIComponent(password)}@postgresql.postgresql.svc.cluster.local:5432/${name}`;
}

function secret(namespace: string, name: string, values: Readonly<Record<string, string>>): object {
  const encoded = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, data: Object.fromEntries(encoded) };
}
