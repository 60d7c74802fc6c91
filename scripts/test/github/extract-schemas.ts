import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { restSubset, type OpenApi } from './extract-rest.ts';
import { graphqlSubset } from './extract-graphql.ts';

/**
 * Writes `schemas/rest.json` and `schemas/graphql.graphql`: of what GitHub publishes, the part that the server answers.
 * `pnpm --filter @sluice/scripts run github-schemas`; needs npm's registry. The packages (29 MB) stay in the user's cache folder.
 */
const openapi = '@octokit/openapi@23.0.2';
const graphql = '@octokit/graphql-schema@15.26.1';

const run = promisify(execFile);
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'sluice-github-schemas');
const schemas = join(import.meta.dirname, 'schemas');

/** One file of a package, taken from its tarball. */
async function fileOf(name: string, path: string): Promise<string> {
  await mkdir(cache, { recursive: true });
  const packed = await run('npm', ['pack', '--json', name], { cwd: cache });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  await run('tar', ['-xzf', filename, `package/${path}`], { cwd: cache });
  return readFile(join(cache, 'package', path), 'utf8');
}

const rest = JSON.parse(await fileOf(openapi, 'generated/api.github.com.json')) as OpenApi;
await writeFile(
  join(schemas, 'rest.json'),
  `${JSON.stringify({ source: openapi, ...restSubset(rest) }, undefined, 1)}\n`,
);
const sdl = graphqlSubset(await fileOf(graphql, 'schema.graphql'));
await writeFile(join(schemas, 'graphql.graphql'), `# ${graphql}\n\n${sdl}\n`);
