import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { kustomizePath } from './path.ts';

const repository = join(import.meta.dirname, '../../..');
const arch = process.arch === 'arm64' ? 'arm64' : 'amd64';

let folder: string;
let root: string;
let env: NodeJS.ProcessEnv;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kustomize-'));
  root = join(folder, 'repository');
  mkdirSync(join(root, 'infrastructure/local/tools'), { recursive: true });
  cpSync(join(repository, 'infrastructure/local/tools/kustomize'), join(root, 'infrastructure/local/tools/kustomize'), {
    recursive: true,
  });
  said = [];
  env = { SLUICE_STATE: join(folder, 'state'), SLUICE_MIRROR: join(folder, 'mirror'), PATH: '/nowhere' };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that prints a line, as a file that can be run. */
function program(name: string, line: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\necho '${line}'\n`);
  chmodSync(file, 0o755);
  return file;
}

function find(): Promise<string> {
  return kustomizePath({ root, env, narrate: (line) => said.push(line) });
}

describe('kustomizePath', () => {
  it('gives KUSTOMIZE_BIN where it is set, before anything else', async () => {
    env['KUSTOMIZE_BIN'] = program('own', 'own');

    expect(await find()).toBe(env['KUSTOMIZE_BIN']);
    expect(existsSync(join(folder, 'state'))).toBe(false);
  });

  it.each([
    ['no-such-file', '/no/such/file'],
    ['a folder', tmpdir()],
  ])('refuses a KUSTOMIZE_BIN that is %s, naming it', async (_, chosen) => {
    env['KUSTOMIZE_BIN'] = chosen;

    await expect(find()).rejects.toThrow(`KUSTOMIZE_BIN is ${chosen}, which is no program that can be run`);
    await expect(find()).rejects.toMatchObject({ hint: expect.stringContaining('unset it') });
  });
});

// A mirror holds builds for Linux; elsewhere the toolchain's own tests stand for this part.
describe.runIf(process.platform === 'linux')('kustomizePath, from the pins', () => {
  it('has the pinned version made, says so, and remembers it', async () => {
    mirror('pinned');

    const path = await find();

    expect(execFileSync(path, { encoding: 'utf8' })).toBe('pinned\n');
    expect(said.join('\n')).toContain('kustomize: mirror');
    said = [];
    expect(await find()).toBe(path);
    expect(said).toEqual([]);
  });

  it('asks again when the pins have changed', async () => {
    mirror('pinned');
    const before = await find();
    mirror('pinned anew');

    const after = await find();

    expect(after).not.toBe(before);
    expect(execFileSync(after, { encoding: 'utf8' })).toBe('pinned anew\n');
  });

  it('asks again when the remembered binary is gone', async () => {
    mirror('pinned');
    const path = await find();
    rmSync(join(path, '../..'), { recursive: true });

    expect(await find()).toBe(path);
    expect(existsSync(path)).toBe(true);
  });

  it('answers from memory within a few milliseconds, loading nothing of the toolchain', async () => {
    mirror('pinned');
    await find();
    const rounds = 50;

    const started = performance.now();
    for (let round = 0; round < rounds; round++) await find();

    expect((performance.now() - started) / rounds).toBeLessThan(5);
  });
});

/** Pins a kustomize that the mirror folder holds: a program that prints `line`. */
function mirror(line: string): void {
  mkdirSync(join(folder, 'mirror'), { recursive: true });
  const version = createHash('sha256').update(line).digest('hex').slice(0, 6);
  const bytes = zstdCompressSync(readFileSync(program('made', line)));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  writeFileSync(join(folder, `mirror/kustomize-${version}-linux-${arch}.zst`), bytes);
  const pin = {
    version,
    binaries: ['kustomize'],
    mirror: { sha256: { [arch]: sha256 } },
    source: { packages: { kustomize: 'x' } },
  };
  // JSON is YAML.
  writeFileSync(join(root, 'infrastructure/local/tools.yaml'), JSON.stringify({ tools: { kustomize: pin } }));
}
