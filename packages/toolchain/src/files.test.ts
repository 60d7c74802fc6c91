import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ensureTool } from './index.ts';
import { serve, sha256, withoutCommands } from './testing/fixture.ts';
import { closed, goodBodies, refusal, released } from './testing/release.ts';

describe('upstream files', () => {
  const manifest = 'kind: Namespace\n';
  const files = { module: 'example.test/hello@v1.0.0', sha256: { 'manifests/install.yaml': sha256(manifest) } };

  test('come with the tool, each with its pinned sum', async () => {
    const { url } = await serve({ '/1.0.0/manifests/install.yaml': manifest });
    const { fixture } = await released(goodBodies, { files: { ...files, url: `${url}/{version}/{path}` } });
    const tool = await ensureTool('hello', fixture);
    expect(await readFile(join(tool.files ?? '', 'manifests/install.yaml'), 'utf8')).toBe(manifest);
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
    expect((await stat(join(tool.files ?? '', 'manifests/install.yaml'))).isFile()).toBe(true);
    expect(server.requests).toHaveLength(requests);
  });
});
