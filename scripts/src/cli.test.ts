import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { production } from '../test/gate-facts.ts';
import { nastyNames } from '../test/nasty-names.ts';
import { temporaryFolder } from '../test/temporary.ts';
import { runCommand } from './cli.ts';
import { processContext, type Context } from './context.ts';
import type { UserError } from './core/errors.ts';
import { whyFixed } from './core/gates/index.ts';

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

/** A context in an empty folder outside any repository, and what is said in it. */
async function nowhere(): Promise<{ context: Context; said(): string; forget(): void }> {
  const cwd = await temporaryFolder();
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      text += chunk.toString();
      done();
    },
  }) as NodeJS.WriteStream;
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: cwd };
  return {
    context: { ...processContext(), cwd, env, stdout: stream, stderr: stream },
    said: () => text,
    forget() {
      text = '';
    },
  };
}

it('has for every command a script of the repository, a help, and an answer as JSON', async () => {
  const { context, said, forget } = await nowhere();
  await runCommand(['--help'], context);
  const names = [...said().matchAll(/^ {2}([a-z-]+) \[options\]|^ {2}(carry-out)/gm)].map(([, a, b]) => a ?? b ?? '');
  expect(said()).toContain('Exit codes: 0 done, 1 failed, 2 usage, 3 blocked by a gate, 4 superseded');
  expect(names).toContain('promote');
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const called = Object.entries(scripts).filter(([, line]) => line.startsWith('node scripts/bin.js '));

  expect(names.toSorted()).toEqual(called.map(([name]) => name).toSorted());
  for (const name of names) {
    expect(scripts[name]).toBe(`node scripts/bin.js ${name}`);
    forget();
    expect(await runCommand([name, '--help'], context), name).toBe(0);
    expect(said(), name).toContain(`Usage: pnpm run ${name}`);
    expect(said(), name).toContain('Exit codes: 0 done');
    // Each option says what it is for.
    expect(said(), name).not.toMatch(/^ {2}--\S+( <\S+>)?$/m);
    // What is carried out has the options of the command that it is.
    expect(said().includes('--json'), name).toBe(name !== 'carry-out');
  }
});

it('says in the help which options there have to be, and after an error where the help is', async () => {
  const { context, said, forget } = await nowhere();
  await runCommand(['hold', '--help'], context);
  expect(said()).toMatch(/--env <environment> +where \(required\)/);
  forget();

  expect(await runCommand(['promote', 'web'], context)).toBe(2);
  expect(said()).toBe("error: required option '--to <environment>' not specified\n  --help says what there is\n");
});

it('refuses to only look, or to answer with one value, again and again', async () => {
  const { context, said, forget } = await nowhere();
  for (const option of ['--dry-run', '--json']) {
    forget();
    expect(await runCommand(['reconcile', '--every', '1', option], context), option).toBe(2);
    expect(said()).toBe(
      `error: option '--every <seconds>' cannot be used with option '${option}'\n  --help says what there is\n`,
    );
  }
});

it('names in the help of override every gate that may be overridden, and no other', async () => {
  const { context, said } = await nowhere();
  await runCommand(['override', '--help'], context);
  const listed = /--gate <gate\.\.\.> +([^(]*)/.exec(said())?.[1]?.match(/\w+/g) ?? [];
  const gates = /known: (.*)/.exec(catchHint(() => whyFixed('nothing', production)))?.[1]?.split(', ') ?? [];
  const open = gates.filter((gate) => whyFixed(gate, { ...production, production: false }) === undefined);

  expect(listed.filter((word) => gates.includes(word)).toSorted()).toEqual(open.toSorted());
});

function catchHint(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as UserError).hint ?? '';
  }
  return '';
}

it('takes any name for a name, and none for an option, a command or a bug of its own', async () => {
  const { context, said, forget } = await nowhere();
  const name = fc.oneof(fc.constantFrom(...nastyNames), fc.string({ maxLength: 12 }));

  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...commands),
      fc.array(name, { minLength: 8, maxLength: 8 }),
      async (words, names) => {
        forget();
        const code = await runCommand(
          words.map((word, index) => (word === 'NAME' ? (names[index] ?? '') : word)),
          context,
        );
        expect(said()).not.toContain('this is a bug');
        // Outside a repository nothing is done, and only help ends well, or in the place of a command the version.
        expect(code === 2 || (/Usage:|^\d+\.\d+\.\d+\n$/.test(said()) && code === 0), said()).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
  expect(readdirSync(context.cwd)).toEqual([]);
});
