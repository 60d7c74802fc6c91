import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '@sluice/apiserver';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { account, programs } from '../test/postgresql.ts';

const run = promisify(execFile);

/** What a pod has: a volume, a folder for its socket, and the Secret with a password for each database. */
async function pod(passwords: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-prepare-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const secret = join(folder, 'databases');
  await mkdir(secret);
  for (const [name, password] of Object.entries(passwords)) await writeFile(join(secret, name), password);
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  const env = {
    PATH: `${programs}${delimiter}${process.env['PATH']}`,
    PGDATA: join(folder, 'data'),
    PGHOST: folder,
  };
  return { folder, secret, options: { cwd: folder, env, ...account } };
}

type Pod = Awaited<ReturnType<typeof pod>>;

async function prepare({ secret, options }: Pod): Promise<void> {
  await run('sh', [join(import.meta.dirname, 'prepare.sh'), secret], options);
}

/** Starts the server as the pod does, and waits until it may be used; gives its port and what ends it as a crash does. */
async function serve({ folder, options }: Pod) {
  const [port] = (await freePorts(1)) as [number];
  const rules = join(import.meta.dirname, 'pg_hba.conf');
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    `unix_socket_directories=${folder}`,
    `hba_file=${rules}`,
  ];
  const server = spawn(
    'postgres',
    settings.flatMap((each) => ['-c', each]),
    { ...options, stdio: 'ignore' },
  );
  const ended = once(server, 'exit');
  async function crash(): Promise<void> {
    // Nothing is written any more, and none of its processes is left.
    server.kill('SIGQUIT');
    await ended;
  }
  onTestFinished(crash);
  const ready = () =>
    run('pg_isready', ['--host=127.0.0.1', `--port=${port}`], options).then(
      () => true,
      () => false,
    );
  await expect.poll(ready, { timeout: 30_000 }).toBe(true);
  return { port, crash };
}

/** What a query by network answers, or why it is not let in. */
async function ask({ options }: Pod, url: string, sql: string): Promise<string> {
  const asked = run('psql', ['--no-psqlrc', '--tuples-only', '--no-align', `--command=${sql}`, url], options);
  return asked.then(
    ({ stdout }) => stdout.trim(),
    (error: unknown) => /FATAL: +(.*)/.exec(String(error))?.[1] ?? String(error),
  );
}

describe('the preparation of PostgreSQL', { timeout: 120_000 }, () => {
  beforeEach(({ skip }) => skip(programs === undefined, 'no initdb on this machine; install the package postgresql'));

  it('gives each database a role of its own that reaches no other, and lets nobody in by network as superuser', async () => {
    const password = `o'r\\d "1`;
    const its = await pod({ 'orders-dev': password, 'orders-prod': 'p' });
    await prepare(its);
    const { port } = await serve(its);
    const at = (role: string, secret: string, database: string): string =>
      `postgresql://${role}:${encodeURIComponent(secret)}@127.0.0.1:${port}/${database}`;

    expect(await ask(its, at('orders-dev', password, 'orders-dev'), 'create table t (); select current_user')).toMatch(
      /orders-dev$/,
    );
    expect(await ask(its, at('orders-dev', 'wrong', 'orders-dev'), 'select 1')).toMatch(
      /^password authentication failed/,
    );
    expect(await ask(its, at('orders-dev', password, 'orders-prod'), 'select 1')).toMatch(/^no pg_hba.conf entry/);
    expect(await ask(its, at('postgres', 'p', 'postgres'), 'select 1')).toMatch(/^pg_hba.conf rejects connection/);
  });

  it('keeps the data of a server that crashed, and sets another password and another database', async () => {
    const its = await pod({ 'orders-dev': 'old' });
    await prepare(its);
    const first = await serve(its);
    await ask(its, `postgresql://orders-dev:old@127.0.0.1:${first.port}/orders-dev`, 'create table kept ()');
    await first.crash();

    await writeFile(join(its.secret, 'orders-dev'), 'new');
    await writeFile(join(its.secret, 'stock-dev'), 's');
    await prepare(its);
    const { port } = await serve(its);

    const orders = (password: string) => `postgresql://orders-dev:${password}@127.0.0.1:${port}/orders-dev`;
    expect(await ask(its, orders('new'), `select to_regclass('kept')`)).toBe('kept');
    expect(await ask(its, orders('old'), 'select 1')).toMatch(/^password authentication failed/);
    expect(await ask(its, `postgresql://stock-dev:s@127.0.0.1:${port}/stock-dev`, 'select current_database()')).toBe(
      'stock-dev',
    );
  });
});
