import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of the socket of a PostgreSQL server for these tests alone; undefined where the machine has none. */
    postgres: string | undefined;
  }
}

const run = promisify(execFile);

/** Debian's nobody: PostgreSQL refuses to run as root. */
const nobody = 65_534;
const account = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {};

/** Starts a server in a folder of its own, without a port, for the tests of this package, and removes it afterwards. */
export async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const programs = findPrograms();
  project.provide('postgres', undefined);
  if (programs === undefined) {
    process.stderr.write(
      'orders: tests on a real PostgreSQL are skipped: no initdb in PATH or /usr/lib/postgresql; install the package postgresql\n',
    );
    return undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), 'sluice-postgres-'));
  if (account.uid !== undefined) await chown(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  const options = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
  await run(join(programs, 'initdb'), [`--pgdata=${data}`, ...options], { cwd: folder, ...account });
  const settings = ['listen_addresses=', 'fsync=off', 'max_connections=200'].flatMap((each) => ['-c', each]);
  const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, ...settings], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...account,
  });
  const exited = once(server, 'exit');
  await readyOf(server.stderr);
  project.provide('postgres', folder);
  return async () => {
    server.kill('SIGINT');
    await exited;
    await rm(folder, { recursive: true });
  };
}

/** The folder with initdb and postgres: where PATH leads, else the newest that Debian's packages bring. */
function findPrograms(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((each) => join(debian, each, 'bin')),
  ];
  return folders.find((folder) => ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))));
}

/** Waits until a server says that it may be used; throws what it said where it ended instead. */
async function readyOf(log: Readable): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface(log)) {
    said.push(line);
    if (line.includes('ready to accept connections')) {
      log.resume();
      return;
    }
  }
  throw new Error(`the PostgreSQL of the tests did not start:\n${said.join('\n')}`);
}
