import { execFileSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ensureTool } from './index.ts';
import { repository, serve, sha256, withoutCommands } from './testing/fixture.ts';
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
