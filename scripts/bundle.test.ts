import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeEach, expect, it } from 'vitest';
import { commandLine } from './bundle.ts';
import { temporaryFolder } from './test/temporary.ts';

let folder: string;
let kept: string;

beforeEach(async () => {
  folder = join(await temporaryFolder(), 'scripts');
  kept = join(folder, 'node_modules/.cache/command-line');
  await mkdir(join(folder, 'src/commands'), { recursive: true });
  await writeFile(join(folder, '../pnpm-lock.yaml'), '');
  await writeFile(join(folder, 'src/commands/say.ts'), 'export const said: string = "once";\n');
  await writeFile(
    join(folder, 'src/cli.ts'),
    'export const say = async () => (await import("./commands/say.ts")).said;\n',
  );
});

async function said(file: string): Promise<string> {
  return ((await import(pathToFileURL(file).href)) as { say(): Promise<string> }).say();
}

it('makes what the source does, with lazy imports as files of their own', async () => {
  const file = await commandLine(folder);

  expect(file).not.toContain('src');
  expect(await said(file)).toBe('once');
  expect((await readdir(join(file, '..'))).filter((name) => name.endsWith('.js')).length).toBeGreaterThan(1);
});

it('makes it once, and anew when any file has changed, keeping nothing of the one before', async () => {
  const first = await commandLine(folder);
  const again = await commandLine(folder);
  await writeFile(join(folder, 'src/commands/say.ts'), 'export const said: string = "else";\n');
  const other = await commandLine(folder);

  expect(again).toBe(first);
  expect(await said(other)).toBe('else');
  expect(await readdir(kept)).toHaveLength(1);
});

it('is made by several at once, each of which gets the same', async () => {
  const files = await Promise.all(Array.from({ length: 4 }, () => commandLine(folder)));

  expect(new Set(files).size).toBe(1);
  expect(await readdir(kept)).toHaveLength(1);
});

it('removes what a process that died was making, and not what another makes', async () => {
  await mkdir(join(kept, 'dead.1'), { recursive: true });
  await mkdir(join(kept, 'alive.2'));
  await utimes(join(kept, 'dead.1'), new Date(0), new Date(0));

  await commandLine(folder);

  expect(await readdir(kept)).not.toContain('dead.1');
  expect(await readdir(kept)).toContain('alive.2');
});

it.each<[why: string, change: () => Promise<void>]>([
  ['that cannot be bundled', () => writeFile(join(folder, 'src/cli.ts'), 'import "nowhere";\n')],
  ['beside which nothing can be kept', () => writeFile(join(folder, 'node_modules'), '')],
])('gives the source itself of a command line %s', async (_why, change) => {
  await change();

  expect(await commandLine(folder)).toBe(join(folder, 'src/cli.ts'));
});
