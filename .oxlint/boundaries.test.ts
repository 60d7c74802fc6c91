import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

const imports = 'eslint(no-restricted-imports)';
const globals = 'eslint(no-restricted-globals)';
const properties = 'eslint(no-restricted-properties)';

/** [where, what is written there, the rule that refuses it] */
const refused: [folder: string, code: string, rule: string][] = [
  ['scripts/src/core', "import 'node:fs';", imports],
  ['scripts/src/core', "import 'node:fs/promises';", imports],
  ['scripts/src/core', "import 'node:child_process';", imports],
  ['scripts/src/core', "import 'node:net';", imports],
  ['scripts/src/core', "import 'node:http';", imports],
  ['scripts/src/core', "import 'node:https';", imports],
  ['scripts/src/core', "import 'node:os';", imports],
  ['scripts/src/core', "import 'node:process';", imports],
  ['scripts/src/core', "import 'node:timers/promises';", imports],
  ['scripts/src/core', "import 'zx';", imports],
  ['scripts/src/core', "import 'zx/core';", imports],
  ['scripts/src/core', "import '@octokit/rest';", imports],
  ['scripts/src/core', "import '@kubernetes/client-node';", imports],
  ['scripts/src/core', "import '@sluice/kustomize';", imports],
  ['scripts/src/core', "import '../adapters/git.ts';", imports],
  ['scripts/src/core', "import '../context.ts';", imports],
  ['scripts/src/core', "import '../steps/land.ts';", imports],
  ['scripts/src/core/gates', "import '../../adapters/git.ts';", imports],
  ['scripts/src/core', 'export const value = process.cwd();', globals],
  ['scripts/src/core', 'export const value = globalThis.process;', globals],
  ['scripts/src/core', "export const value = fetch('http://x');", globals],
  ['scripts/src/core', 'setTimeout(() => undefined, 5);', globals],
  ['scripts/src/core', 'export const value = Date.now();', properties],
  ['scripts/src/core', 'export const value = Math.random();', properties],
  ['scripts/src/core', 'export const value = new Date();', 'sluice(no-ambient-date)'],
  ['scripts/src/core', 'export const value = Date();', 'sluice(no-ambient-date)'],
  ['scripts/src/commands', "import 'zx';", imports],
  ['scripts/src/commands', "import 'node:fs';", imports],
  ['scripts/src/commands', "import 'node:child_process';", imports],
  ['scripts/src/commands', "import '@octokit/rest';", imports],
  ['scripts/src/ui', "import '@kubernetes/client-node';", imports],
  ['scripts/src/commands', "import '@sluice/platform/start';", imports],
  ['scripts/src/adapters', "import '@sluice/platform';", imports],
  ['scripts/src/adapters', "import '../commands/promote.ts';", imports],
  ['scripts/src/adapters', "import '../steps/land.ts';", imports],
  ['scripts/src/steps', "import 'node:fs/promises';", imports],
  ['scripts/src', "import '../../packages/platform/src/start.ts';", imports],
  ['packages/platform/src', "import '@sluice/scripts/core/plan';", imports],
  ['packages/platform/src', "import '@sluice/scripts/commands/deliver';", imports],
  ['packages/platform/src/drivers', "import '../../../../scripts/src/core/plan.ts';", imports],
  ['packages/kustomize/src', 'export default 1;', 'import(no-default-export)'],
  ['packages/kustomize/src', 'export const same = (a: string, b: unknown) => a == b;', 'eslint(eqeqeq)'],
  ['services/orders/src', "console.log('hello');", 'eslint(no-console)'],
  ['services/orders/src', "export { join } from 'path';\nimport 'path';", 'unicorn(prefer-node-protocol)'],
  ['services/orders/src', 'Promise.resolve(1);', 'typescript(no-floating-promises)'],
  ['services/orders/src', '// oxlint-disable-next-line no-console\nexport const value = 1;', 'unused directive'],
];

/** [where, what is written there]: the neighbours of the above that must stay possible. */
const allowed: [folder: string, code: string][] = [
  ['scripts/src/core', "export { createHash } from 'node:crypto';"],
  ['scripts/src/core', "export { parse } from 'yaml';"],
  ['scripts/src/core', 'export const value = new Date(0).toISOString();'],
  ['scripts/src/core', "export const value = Date.parse('2026-01-01T00:00:00Z');"],
  ['scripts/src/core/gates', "export { nearest } from '../errors.ts';"],
  ['scripts/src/adapters', "export { $ } from 'zx';"],
  ['scripts/src/adapters', "export { readFile } from 'node:fs/promises';"],
  ['scripts/src/commands', "export { git } from '../adapters/git.ts';"],
  ['scripts/src/ui', "console.log('hello');"],
  ['packages/platform/src', "export { UserError } from '@sluice/scripts/errors';"],
  ['packages/platform/src', "export { createProgress } from '@sluice/scripts/ui';"],
  ['packages/platform/src', "export { git } from '@sluice/scripts/adapters/git';"],
  ['packages/platform/src', "export { readFile } from 'node:fs/promises';"],
];

interface Diagnostic {
  filename: string;
  code?: string;
  message: string;
}

let folder: string;
const found = new Map<string, string[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lint-'));
  for (const file of ['.oxlintrc.json', '.oxlint/plugin.js', 'tsconfig.json']) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await cp(join(root, file), join(folder, file));
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  for (const [index, [where, code]] of refused.entries()) await write(`${where}/refused-${index}.ts`, code);
  for (const [index, [where, code]] of allowed.entries()) await write(`${where}/allowed-${index}.ts`, code);
  await write('scripts/src/core/refused.test.ts', "import 'node:fs';\nexport const value = new Date();");

  const { diagnostics } = JSON.parse(await lint(folder)) as { diagnostics: Diagnostic[] };
  for (const { filename, code, message } of diagnostics) {
    const rule = code ?? (message.startsWith('Unused') ? 'unused directive' : message);
    found.set(filename, [...(found.get(filename) ?? []), rule]);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the lint of this repository', () => {
  it.each(refused.map(([where, code, rule], index) => ({ where, code, rule, index })))(
    'refuses `$code` in $where by $rule',
    ({ where, rule, index }) => {
      expect(found.get(`${where}/refused-${index}.ts`) ?? []).toContain(rule);
    },
  );

  it.each(allowed.map(([where, code], index) => ({ where, code, index })))('allows `$code` in $where', (entry) => {
    expect(found.get(`${entry.where}/allowed-${entry.index}.ts`) ?? []).toEqual([]);
  });

  it('lets a test of core/ use files and the clock', () => {
    expect(found.get('scripts/src/core/refused.test.ts') ?? []).toEqual([]);
  });
});

async function write(file: string, code: string): Promise<void> {
  const path = join(folder, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${code}\n`);
}

/** What oxlint reports as JSON; it exits 1 where it reports anything. */
function lint(cwd: string): Promise<string> {
  return new Promise((resolve) => {
    execFile(join(root, 'node_modules/.bin/oxlint'), ['--format', 'json'], { cwd, maxBuffer: 2 ** 24 }, (_, stdout) => {
      resolve(stdout);
    });
  });
}
