import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...globSync('/usr/lib/postgresql/*/bin')];

/** The folder with PostgreSQL's programs, where PATH leads or Debian's packages have them; undefined where there are none. */
export const programs = folders.find((folder) => existsSync(join(folder, 'initdb')));

/** Who runs PostgreSQL in tests: this user, or Debian's nobody where it is root, as which PostgreSQL refuses to run. */
export const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
