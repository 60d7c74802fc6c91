import { execFileSync } from 'node:child_process';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ensureTool } from './index.ts';
import { hasGo, repository, serve, sha256, withoutCommands } from './testing/fixture.ts';
import { closed, filesIn, goodBodies, refusal, released, script } from './testing/release.ts';

describe('a release', () => {
  test('is installed when its published sum is right', async () => {
    const { fixture } = await released(goodBodies);
    const tool = await ensureTool('hello', fixture);
    expect(tool).toMatchObject({
      name: 'hello',
      version: '1.0.0',
      source: 'release',
      from: 'release',
      files: undefined,
    });
    expect(execFileSync(tool.bin['hello'] ?? '', { encoding: 'utf8' })).toBe('hello\n');
  });

  test('is found in the cache the second time, without network', async () => {
    const { fixture, server } = await released(goodBodies);
    await ensureTool('hello', fixture);
    const requests = server.requests.length;
    expect(await ensureTool('hello', withoutCommands(fixture))).toMatchObject({ source: 'cache', from: 'release' });
    expect(server.requests).toHaveLength(requests);
    expect(fixture.events.at(-1)?.phase).toBe('cached');
  });

  test('whose sum differs is refused with both sums, and leaves nothing behind', async () => {
    const wrong = sha256('something else');
    const { fixture } = await released({ ...goodBodies, '/1.0.0/sums.txt': wrong });
    const error = await refusal(fixture);
    expect(error.message).toContain(sha256(script));
    expect(error.message).toContain(wrong);
    expect(error.hint).toContain('infrastructure/local/tools.yaml');
    expect(await filesIn(fixture)).toEqual([]);
  });

  test('is unpacked when it is an archive', async () => {
    const fixture = await repository({ binaries: ['hello'] });
    const folder = join(fixture.root, 'hello-1.0.0');
    await mkdir(folder);
    await writeFile(join(folder, 'hello'), script, { mode: 0o755 });
    const archive = execFileSync('tar', ['-cz', '-C', fixture.root, 'hello-1.0.0']);
    const { url } = await serve({ '/hello.tar.gz': archive });
    const release = { url: `${url}/hello.tar.gz`, format: 'tar.gz', inside: 'hello-{version}/{binary}' };
    const other = await repository({
      binaries: ['hello'],
      release: { ...release, sha256: { amd64: sha256(archive) } },
    });
    const tool = await ensureTool('hello', other);
    expect(await readFile(tool.bin['hello'] ?? '', 'utf8')).toBe(script);
  });

  test('that cannot be reached, without Go, gives every reason and what to do', async () => {
    const release = { url: `${closed}/hello`, sha256: { amd64: sha256(script) } };
    const error = await refusal(withoutCommands(await repository({ binaries: ['hello'], release })));
    expect(error.message).toMatch(
      /^hello 1\.0\.0 could not be had from anywhere: mirror: SLUICE_MIRROR is not set; release: 127\.0\.0\.1 cannot be reached \(.*ECONNREFUSED.*\); source: there is no go command on PATH$/,
    );
    expect(error.hint).toMatch(/Install Go .* SLUICE_MIRROR .* hello-1\.0\.0-linux-amd64\.zst/);
  });
});

describe('a mirror', () => {
  const compressed = zstdCompressSync(script);
  const mirror = { sha256: { amd64: sha256(compressed) } };
  const name = '/hello-1.0.0-linux-amd64.zst';

  test('is used before a release', async () => {
    const { url } = await serve({ [name]: compressed });
    const { fixture, server } = await released(goodBodies, { mirror });
    const tool = await ensureTool('hello', { ...fixture, env: { ...fixture.env, SLUICE_MIRROR: url } });
    expect(tool.source).toBe('mirror');
    expect(await readFile(tool.bin['hello'] ?? '', 'utf8')).toBe(script);
    expect(server.requests).toEqual([]);
  });

  test('can be a folder', async () => {
    const fixture = await repository({ binaries: ['hello'], mirror });
    await writeFile(join(fixture.root, name), compressed);
    const env = { ...fixture.env, SLUICE_MIRROR: fixture.root };
    expect((await ensureTool('hello', { ...fixture, env })).source).toBe('mirror');
  });

  test('that lacks the tool is named, and the release is used', async () => {
    const { fixture } = await released(goodBodies, { mirror });
    const env = { ...fixture.env, SLUICE_MIRROR: fixture.root };
    expect((await ensureTool('hello', { ...fixture, env })).source).toBe('release');
    expect(fixture.events.map((event) => event.detail).join('\n')).toMatch(/not from the mirror: ENOENT.*\.zst/);
  });

  test('is not trusted with a file whose sum is not pinned', async () => {
    const { fixture } = await released(goodBodies);
    const env = { ...fixture.env, SLUICE_MIRROR: fixture.root };
    expect((await ensureTool('hello', { ...fixture, env })).source).toBe('release');
  });

  test('whose file differs from the pin is refused', async () => {
    const { url } = await serve({ [name]: 'something else' });
    const { fixture } = await released(goodBodies, { mirror });
    const error = await refusal({ ...fixture, env: { ...fixture.env, SLUICE_MIRROR: url } });
    expect(error.message).toContain(mirror.sha256.amd64);
    expect(await filesIn(fixture)).toEqual([]);
  });
});

describe.runIf(hasGo)('a tool that was built from source', { timeout: 120_000 }, () => {
  const compressed = zstdCompressSync(script);
  const mirror = { sha256: { amd64: sha256(compressed) } };
  const name = 'hello-1.0.0-linux-amd64.zst';

  /** A fixture with the built tool, and the same with an empty mirror. */
  async function built() {
    const fixture = await repository({ binaries: ['hello'], mirror });
    const tool = await ensureTool('hello', fixture);
    fixture.events.splice(0);
    const folder = join(fixture.root, 'mirror');
    await mkdir(folder);
    return { tool, fixture, folder, mirrored: { ...fixture, env: { ...fixture.env, SLUICE_MIRROR: folder } } };
  }

  test('is replaced by the mirror’s build, for good', async () => {
    const { tool, fixture, folder, mirrored } = await built();
    expect(tool.from).toBe('source');
    await writeFile(join(folder, name), compressed);
    const replaced = await ensureTool('hello', mirrored);
    expect(replaced).toMatchObject({ source: 'mirror', from: 'mirror', bin: tool.bin });
    expect(await readFile(tool.bin['hello'] ?? '', 'utf8')).toBe(script);
    expect(await ensureTool('hello', mirrored)).toMatchObject({ source: 'cache', from: 'mirror' });
    expect(await ensureTool('hello', fixture)).toMatchObject({ source: 'cache', from: 'mirror' });
  });

  test('stays whole for a process that has it open', async () => {
    const { tool, folder, mirrored } = await built();
    const binary = tool.bin['hello'] ?? '';
    const before = await readFile(binary);
    const running = await open(binary);
    try {
      await writeFile(join(folder, name), compressed);
      await ensureTool('hello', mirrored);
      expect((await running.readFile()).equals(before)).toBe(true);
    } finally {
      await running.close();
    }
  });

  test('is used without a word where the mirror has no such file', async () => {
    const { fixture, mirrored } = await built();
    const web = { ...fixture, env: { ...fixture.env, SLUICE_MIRROR: (await serve({})).url } };
    for (const empty of [mirrored, web]) {
      expect(await ensureTool('hello', empty)).toMatchObject({ source: 'cache', from: 'source' });
    }
    expect(fixture.events.map((event) => event.phase)).toEqual(['cached', 'cached']);
  });

  test('stays as it is when the mirror’s file differs from the pin, which is an error', async () => {
    const { tool, fixture, folder, mirrored } = await built();
    const before = await readFile(tool.bin['hello'] ?? '');
    await writeFile(join(folder, name), 'something else');
    expect((await refusal(mirrored)).message).toContain(mirror.sha256.amd64);
    expect((await readFile(tool.bin['hello'] ?? '')).equals(before)).toBe(true);
    expect(await ensureTool('hello', fixture)).toMatchObject({ source: 'cache', from: 'source' });
  });
});
