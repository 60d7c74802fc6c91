import { readdirSync } from 'node:fs';
import { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { nastyNames } from '../test/nasty-names.ts';
import { temporaryFolder } from '../test/temporary.ts';
import { runCommand } from './cli.ts';
import { processContext } from './context.ts';

const commands: readonly (readonly string[])[] = [
  ['promote', 'NAME', '--to', 'NAME', '--from', 'NAME', '--release', 'NAME'],
  ['promote', '--changed-since', 'NAME', '--to', 'NAME'],
  ['approve', 'NAME', '--to', 'NAME'],
  ['reconfigure', 'NAME', '--env', 'NAME'],
  ['rollback', 'NAME', '--env', 'NAME', '--to', 'NAME', '--hold-for', 'NAME'],
  ['hold', 'NAME', '--env', 'NAME', '--reason', 'NAME', '--until', 'NAME'],
  ['freeze', 'NAME', '--env', 'NAME', '--reason', 'NAME'],
  ['quarantine', 'NAME', '--reason', 'NAME', '--release', 'NAME'],
  ['diff', 'NAME', '--env', 'NAME', '--since', 'NAME'],
  ['history', 'NAME', '--env', 'NAME'],
  ['status', 'NAME', '--remote', 'NAME'],
  ['render', 'NAME', '--env', 'NAME'],
  ['check', '--ref', 'NAME', '--old', 'NAME', '--new', 'NAME'],
  ['NAME', 'NAME'],
];

it('takes any name for a name, and none for an option, a command or a bug of its own', async () => {
  const cwd = await temporaryFolder();
  let said = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      said += chunk.toString();
      done();
    },
  }) as NodeJS.WriteStream;
  const context = {
    ...processContext(),
    cwd,
    env: { ...process.env, GIT_CEILING_DIRECTORIES: cwd },
    stdout: stream,
    stderr: stream,
  };
  const name = fc.oneof(fc.constantFrom(...nastyNames), fc.string({ maxLength: 12 }));

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...commands),
      fc.array(name, { minLength: 8, maxLength: 8 }),
      async (words, names) => {
        said = '';
        const code = await runCommand(
          words.map((word, index) => (word === 'NAME' ? (names[index] ?? '') : word)),
          context,
        );
        expect(said).not.toContain('this is a bug');
        // Outside a repository nothing is done: only help ends well, and a check of main, where anything may stand.
        const harmless = said.includes('Usage:') || words[0] === 'check';
        expect(code === 2 || (harmless && code === 0), said).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
  expect(readdirSync(cwd)).toEqual([]);
});
