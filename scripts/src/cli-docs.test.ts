import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runHere } from '../test/run-here.ts';
import { temporaryFolder } from '../test/temporary.ts';

const root = join(import.meta.dirname, '../..');
const pages = execFileSync('git', ['ls-files', '*.md'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> };

/** The command lines of a page that have more than a name: whole lines of code, and what stands between backticks. */
function commandLines(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  const lines = [...text.matchAll(/^pnpm run (.+?)(?:\s+#.*)?$|`pnpm run ([^`]+)`/gm)].map(([, a, b]) => a ?? b ?? '');
  return lines.filter((line) => {
    const [name = '', ...rest] = line.split(' ');
    return scripts[name]?.startsWith('node scripts/bin.js ') === true && rest.length > 0;
  });
}

/** What is between quotes is one argument, and one that stands for others is given as some name. */
function argumentsOf(line: string): string[] {
  const said = line.replace(/\[([a-z]+)\.\.\.\]/g, '$1').replace(/\.\.\./g, '');
  return [...said.matchAll(/"[^"]*"|\S+/g)].map(([each]) => each.replaceAll(/["<>]/g, ''));
}

it('takes every command line that the documentation shows', async () => {
  const cwd = await temporaryFolder();
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: cwd };
  const shown = pages.flatMap((page) => commandLines(page).map((line) => ({ page, line })));
  const refused: string[] = [];
  for (const { page, line } of shown) {
    const { stderr } = await runHere(cwd, env, argumentsOf(line));
    if (stderr.includes('--help says what there is')) refused.push(`${page}: ${line}: ${stderr.split('\n')[0]}`);
  }

  expect(shown.length).toBeGreaterThan(20);
  expect(refused).toEqual([]);
});
