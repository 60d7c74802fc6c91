import { execFile, execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createFleet, type Fleet } from '../test/fleet.ts';
import { wrongWith } from '../test/landings.ts';

const run = promisify(execFile);
const repeats = Number(process.env['SLUICE_REPEATS'] ?? 0);
const branches = ['deploy/dev', 'deploy/staging', 'deploy/prod', 'delivery-records'];

let fleet: Fleet;
let heads: Map<string, string>;
/** What an uninterrupted promotion leaves. */
let whole: { staging: string; records: string[] };

function git(...args: string[]): string {
  return execFileSync('git', ['--git-dir', fleet.bare, ...args], { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  fleet = await createFleet({ apps: 2, small: true });
  heads = new Map(branches.map((branch) => [branch, git('rev-parse', branch)]));
  await mkdir(join(fleet.folder, 'bin'));
  await writeFile(join(fleet.folder, 'bin/git'), gitThatKills);
  await chmod(join(fleet.folder, 'bin/git'), 0o755);
  const hook = join(fleet.bare, 'hooks/update');
  const check = (await readFile(hook, 'utf8')).replace('#!/bin/sh\nexec ', '');
  await writeFile(hook, hookThatKills(check));
  await promote({});
  whole = left();
});

afterAll(() => fleet.clear());

beforeEach(async () => {
  for (const [branch, head] of heads) git('update-ref', `refs/heads/${branch}`, head);
  await rm(join(fleet.folder, 'struck'), { recursive: true, force: true });
});

async function promote(env: NodeJS.ProcessEnv): Promise<{ code: number; signal: string | undefined; said: string }> {
  const args = [fleet.bin, 'promote', fleet.apps[0] ?? '', '--to', 'staging'];
  try {
    const { stderr } = await run(process.execPath, args, { cwd: fleet.clone, env: { ...fleet.env, ...env } });
    return { code: 0, signal: undefined, said: stderr };
  } catch (error) {
    const { code, signal, stderr } = error as { code: number; signal: string; stderr: string };
    return { code, signal: signal ?? undefined, said: stderr };
  }
}

function left(): typeof whole {
  const records = git('ls-tree', '-r', '--name-only', 'delivery-records', 'staging').split('\n');
  // The name of a record has the landing's id in it, which depends on the second of the landing.
  return {
    staging: git('rev-parse', 'deploy/staging^{tree}'),
    records: records.map((each) => each.replace(/[0-9a-f]{12}/, '<landing>')),
  };
}

function striking(where: string, when: string, count = 1): NodeJS.ProcessEnv {
  const { folder, env } = fleet;
  return {
    PATH: `${join(folder, 'bin')}:${env['PATH']}`,
    STRIKE: where,
    STRIKE_WHEN: when,
    STRIKE_COUNT: String(count),
    STRUCK: join(folder, 'struck'),
  };
}

it.each([
  ['before it fetches', 'fetch', 'before', 1],
  ['after it has fetched', 'fetch', 'after', 1],
  ['before it makes the commit', 'fast-import', 'before', 1],
  ['after it has made the commit', 'fast-import', 'after', 1],
  ['before it pushes', 'push', 'before', 1],
  ['before the push is checked', 'hook', 'before', 1],
  ['after the push was checked', 'hook', 'after', 1],
  ['after it has pushed', 'push', 'after', 1],
  ['before it makes the record', 'fast-import', 'before', 2],
  ['before it pushes the record', 'push', 'before', 2],
  ['before the record is checked', 'hook', 'before', 2],
  ['after it has pushed the record', 'push', 'after', 2],
])('finishes by running again what was killed %s, once', { repeats }, async (_, where, when, count) => {
  const killed = await promote(striking(where, when, count));
  expect(killed).toMatchObject({ signal: 'SIGKILL' });
  const again = await promote({});
  await run(process.execPath, [fleet.bin, 'reconcile', '--deadline', '1'], { cwd: fleet.clone, env: fleet.env }).catch(
    () => {},
  );

  // 5: without a cluster nobody can tell what became of it; 6: it has landed before.
  expect([5, 6], again.said).toContain(again.code);
  expect(wrongWith(fleet.bare, 'deploy/staging', fleet.apps.slice(0, 1))).toEqual([]);
  expect(left()).toEqual(whole);
  const files = await readdir(join(fleet.clone, '.git'), { recursive: true });
  expect(files.filter((each) => each.endsWith('.lock'))).toEqual([]);
});

it('takes a push for landed whose answer was lost, and makes no second commit', { repeats }, async () => {
  const lost = await promote(striking('push', 'lose', 1));

  expect(lost.said).toContain('landed ');
  expect(lost.code).toBe(5);
  expect(wrongWith(fleet.bare, 'deploy/staging', fleet.apps.slice(0, 1))).toEqual([]);
  expect(left()).toEqual(whole);
});

it('gives up on a remote that takes no push, and leaves nothing there', async () => {
  const refused = await promote(striking('push', 'never', 1));

  expect(refused).toMatchObject({
    code: 1,
    said: expect.stringContaining('origin did not take a push to deploy/staging: connection reset'),
  });
  expect(git('rev-parse', 'deploy/staging')).toBe(heads.get('deploy/staging'));
});

/** Runs git, and at a command of that name, for the given time, kills who started it or loses the answer. */
const gitThatKills = `#!/bin/sh
hit() { for each in "$@"; do [ "$each" = "$STRIKE" ] && return 0; done; return 1; }
[ "$1" != push ] || echo "$PPID" > "$STRUCK.pid"
if ! hit "$@"; then PATH=\${PATH#*:} exec git "$@"; fi
if [ "$STRIKE_WHEN" = never ]; then echo 'connection reset' >&2; exit 128; fi
mkdir -p "$STRUCK" && count=$(ls "$STRUCK" | wc -l) && : > "$STRUCK/$count"
if [ $((count + 1)) != "$STRIKE_COUNT" ]; then PATH=\${PATH#*:} exec git "$@"; fi
[ "$STRIKE_WHEN" != before ] || { kill -9 "$PPID"; exit 137; }
PATH=\${PATH#*:} git "$@" > "$STRUCK.out"; code=$?
[ "$STRIKE_WHEN" != after ] || kill -9 "$PPID"
[ "$STRIKE_WHEN" != lose ] || { echo 'connection reset' >&2; exit 128; }
cat "$STRUCK.out"; exit $code
`;

function hookThatKills(check: string): string {
  return `#!/bin/sh
strike() {
  [ "$STRIKE" = hook ] && [ "$STRIKE_WHEN" = "$1" ] || return 0
  mkdir -p "$STRUCK" && count=$(ls "$STRUCK" | wc -l) && : > "$STRUCK/$count"
  [ $((count + 1)) != "$STRIKE_COUNT" ] || kill -9 "$(cat "$STRUCK.pid")"
}
strike before
${check.trim()} || exit 1
strike after
`;
}
