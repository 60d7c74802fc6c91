import { spawn, spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bin = join(import.meta.dirname, '../bin.js');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kustomize-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The environment in which kustomize is this shell script. */
function standIn(script: string): NodeJS.ProcessEnv {
  const file = join(folder, 'kustomize');
  writeFileSync(file, script);
  chmodSync(file, 0o755);
  return { ...process.env, KUSTOMIZE_BIN: file };
}

function kustomize(env: NodeJS.ProcessEnv, args: string[], input = ''): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [bin, ...args], { env, input, encoding: 'utf8' });
}

describe('the command kustomize', () => {
  it('passes arguments on as they are', () => {
    const env = standIn('#!/bin/sh\nfor each; do printf "<%s>" "$each"; done\n');

    const { stdout, stderr } = kustomize(env, ['build', 'a b', '', "it's $HOME", '--flag=*']);

    expect(stdout).toBe("<build><a b><><it's $HOME><--flag=*>");
    expect(stderr).toBe('');
  });

  it('passes standard input, output and error on', () => {
    const env = standIn('#!/bin/sh\ncat\necho narrated >&2\n');
    const input = 'x'.repeat(300_000);

    const { stdout, stderr } = kustomize(env, [], input);

    expect(stdout).toBe(input);
    expect(stderr).toBe('narrated\n');
  });

  it.each([0, 1, 7, 255])('ends with exit code %i where kustomize does', (code) => {
    expect(kustomize(standIn(`#!/bin/sh\nexit ${code}\n`), []).status).toBe(code);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('hands %s to kustomize, which may handle it', async (signal) => {
    const name = signal.replace('SIG', '');
    const env = standIn(
      `#!/bin/sh\ntrap 'echo got ${name}; exit 3' ${name}\necho ready\nwhile :; do sleep 0.05; done\n`,
    );
    const child = spawn(process.execPath, [bin], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (text.includes('ready')) child.kill(signal);
    });

    const [code] = (await once(child, 'close')) as [number];

    expect(output).toBe(`ready\ngot ${name}\n`);
    expect(code).toBe(3);
  });

  it('is ended by SIGKILL itself, leaving nothing running', async () => {
    const env = standIn('#!/bin/sh\necho $$\nexec sleep 60\n');
    const child = spawn(process.execPath, [bin], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];

    child.kill('SIGKILL');
    const [, signal] = (await once(child, 'close')) as [null, string];

    expect(Number(first)).toBe(child.pid);
    expect(signal).toBe('SIGKILL');
  });

  it('says what to do where KUSTOMIZE_BIN names no program', () => {
    const { status, stderr, stdout } = kustomize({ ...process.env, KUSTOMIZE_BIN: '/no/such/file' }, ['version']);

    expect(stderr).toBe(
      'error: KUSTOMIZE_BIN is /no/such/file, which is no program that can be run\n' +
        '  Set it to an executable file, or unset it to have the pinned version.\n',
    );
    expect(stdout).toBe('');
    expect(status).toBe(1);
  });

  it('says what to do where the program is not one for this machine', () => {
    const { status, stderr } = kustomize(standIn('no program'), []);

    expect(stderr).toMatch(/^error: kustomize does not run here: ENOEXEC.*\n {2}It is no program for \w+ \w+; correct/);
    expect(status).toBe(1);
  });

  it('on an older Node says which one is needed and how to have it', () => {
    const older = `Object.defineProperty(process.versions, 'node', { value: '20.20.0' });`;
    const preload = join(folder, 'older.cjs');
    writeFileSync(preload, older);

    const { status, stderr } = spawnSync(process.execPath, ['--require', preload, bin], { encoding: 'utf8' });

    expect(stderr).toMatch(/^error: kustomize was started by Node 20\.20\.0 \(.*\), its wrapper needs 26 or newer\n/);
    expect(stderr).toContain('npx --yes pnpm@');
    expect(status).toBe(1);
  });
});
