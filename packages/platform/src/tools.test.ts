import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { createProgress } from '@sluice/scripts/ui';
import { expect, it, onTestFinished } from 'vitest';
import { identify } from './linux/process.ts';
import { createToolShelves, type ToolShelves } from './tools.ts';

const manifest = 'kind: Namespace\n';

/** Shelves over one tool, `hello`, that can be had from nowhere; a mirror has its one upstream file. */
function createLab(): { state: string; shelves: ToolShelves } {
  const root = mkdtempSync(join(tmpdir(), 'sluice-shelves-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [state, mirror] = [join(root, 'state'), join(root, 'mirror')];
  mkdirSync(join(root, 'infrastructure/local/tools/hello'), { recursive: true });
  mkdirSync(join(mirror, 'hello-1.0.0-files'), { recursive: true });
  writeFileSync(join(mirror, 'hello-1.0.0-files/install.yaml'), manifest);
  const sha256 = { 'install.yaml': createHash('sha256').update(manifest).digest('hex') };
  const files = { module: 'example.test/hello@v1.0.0', url: 'http://127.0.0.1:1/{path}', sha256 };
  const pin = { version: '1.0.0', binaries: ['hello'], source: { packages: { hello: '.' } }, files };
  // JSON is YAML.
  writeFileSync(join(root, 'infrastructure/local/tools.yaml'), JSON.stringify({ tools: { hello: pin } }));
  const progress = createProgress({ stream: new PassThrough() as unknown as NodeJS.WriteStream, isTTY: false });
  onTestFinished(() => progress.close());
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const env = { SLUICE_MIRROR: mirror, PATH: '/nowhere' };
  return { state, shelves: createToolShelves({ root, state, env, progress, signal: stop.signal }) };
}

it('brings upstream files while their tool is still made', async () => {
  const { state, shelves } = createLab();
  const self = identify(process.pid);
  mkdirSync(join(state, 'tools/hello'), { recursive: true });
  writeFileSync(join(state, 'tools/hello/.lock'), `${self?.pid} ${self?.start}\n`);
  shelves.tools.announce(['hello']);
  shelves.files.announce(['hello']);

  const folder = await shelves.files.get('hello');

  expect(readFileSync(join(folder ?? '', 'install.yaml'), 'utf8')).toBe(manifest);
});

it('gives the error of what was announced to whoever gets it', async () => {
  const { shelves } = createLab();
  shelves.tools.announce(['hello']);

  await expect(shelves.tools.get('hello')).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining('hello 1.0.0 could not be had from anywhere') as string,
  });
});
