import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureFiles, ensureTool } from './index.ts';
import { withLock } from './lock.ts';
import { ensureInProcess, repository, serve, sha256, withoutCommands } from './testing/fixture.ts';
import { closed, goodBodies, refusal, released } from './testing/release.ts';

const path = 'manifests/install.yaml';
const manifest = 'kind: Namespace\n';
const files = { module: 'example.test/hello@v1.0.0', sha256: { [path]: sha256(manifest) } };

/** A tool that can be had from nowhere, with files that are served. */
async function onlyFiles() {
  const server = await serve({ [`/${path}`]: manifest });
  const fixture = await repository({ binaries: ['hello'], files: { ...files, url: `${server.url}/{path}` } });
  return { server, fixture: withoutCommands(fixture) };
}

describe('upstream files', () => {
  test('come with the tool, each with its pinned sum', async () => {
    const { url } = await serve({ '/1.0.0/manifests/install.yaml': manifest });
    const { fixture } = await released(goodBodies, { files: { ...files, url: `${url}/{version}/{path}` } });
    const tool = await ensureTool('hello', fixture);
    expect(await readFile(join(tool.files ?? '', path), 'utf8')).toBe(manifest);
  });

  test('that cannot be had leave the tool incomplete, but keep its binaries', async () => {
    const pin = { files: { ...files, url: `${closed}/{path}` } };
    const { fixture, server } = await released(goodBodies, pin);
    expect((await refusal(withoutCommands(fixture))).message).toContain('manifests/install.yaml could not be had');
    const folder = join(fixture.root, 'mirror', 'hello-1.0.0-files', 'manifests');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'install.yaml'), manifest);
    const requests = server.requests.length;
    const env = { ...fixture.env, SLUICE_MIRROR: join(fixture.root, 'mirror') };
    const tool = await ensureTool('hello', { ...fixture, env });
    expect((await stat(join(tool.files ?? '', path))).isFile()).toBe(true);
    expect(server.requests).toHaveLength(requests);
  });
});

describe('ensureFiles', () => {
  test('brings them without the tool', async () => {
    const { fixture } = await onlyFiles();
    const folder = await ensureFiles('hello', fixture);
    expect(await readFile(join(folder ?? '', path), 'utf8')).toBe(manifest);
    expect(await readdir(join(folder ?? '', '..'))).toEqual(['files']);
  });

  test('has none where the pin names none', async () => {
    expect(await ensureFiles('hello', await repository({ binaries: ['hello'] }))).toBeUndefined();
  });

  test('waits neither for the tool nor for a build', async () => {
    const { fixture } = await onlyFiles();
    const locks = [join(fixture.state, 'tools/hello/.lock'), join(fixture.state, 'build/.lock')] as const;
    const folder = await withLock(locks[0], {}, () => withLock(locks[1], {}, () => ensureFiles('hello', fixture)));
    expect(folder).toBeDefined();
  });

  test('gives the folder that the tool has', async () => {
    const { url } = await serve({ [`/${path}`]: manifest });
    const { fixture } = await released(goodBodies, { files: { ...files, url: `${url}/{path}` } });
    const [folder, tool, again] = await Promise.all([
      ensureFiles('hello', fixture),
      ensureTool('hello', fixture),
      ensureFiles('hello', fixture),
    ]);
    expect([folder, again]).toEqual([tool.files, tool.files]);
    expect(await readFile(join(folder ?? '', path), 'utf8')).toBe(manifest);
  });

  test('asks once, also for two processes and the tool at once', async () => {
    const server = await serve({ [`/${path}`]: manifest });
    const { fixture } = await released(goodBodies, { files: { ...files, url: `${server.url}/{path}` } });
    const calls = ['ensureFiles', 'ensureTool', 'ensureFiles'] as const;
    const answers = await Promise.all(calls.map((call) => ensureInProcess(fixture, call).done));
    const [folder, tool, again] = answers.map((lines) => lines.at(-1)) as [unknown, { files: string }, unknown];
    expect([folder, again]).toEqual([tool.files, tool.files]);
    expect(server.requests).toEqual([`/${path}`]);
  });

  test('keeps nothing of what a killed run left half-written', async () => {
    const { fixture } = await onlyFiles();
    const folder = (await ensureFiles('hello', fixture)) ?? '';
    const staging = join(folder, '../staging-files');
    await rename(folder, staging);
    await writeFile(join(staging, `${path}.part`), 'kind: Na');
    expect(await ensureFiles('hello', fixture)).toBe(folder);
    expect(await readdir(join(folder, 'manifests'))).toEqual(['install.yaml']);
    expect(await readdir(join(folder, '..'))).toEqual(['files']);
  });

  test('refuses a file whose sum differs, and shows no folder', async () => {
    const { url } = await serve({ [`/${path}`]: 'something else' });
    const fixture = await repository({ binaries: ['hello'], files: { ...files, url: `${url}/{path}` } });
    await expect(ensureFiles('hello', fixture)).rejects.toMatchObject({
      name: 'ToolError',
      message: expect.stringContaining(files.sha256[path] ?? '') as string,
    });
    expect(fixture.events.at(-1)?.phase).toBe('failed');
    const [version = ''] = (await readdir(join(fixture.state, 'tools/hello'))).filter((each) => each.startsWith('1.'));
    expect(await readdir(join(fixture.state, 'tools/hello', version))).not.toContain('files');
  });
});
