import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createPaths } from '../state.ts';
import { prepareStorage, storageFiles } from './storage.ts';

it('keeps all storage below the folder', () => {
  const paths = Object.values(storageFiles('/state/images')).flatMap((text) => text.match(/"\/[^"]*"/g) ?? []);

  expect(paths).toHaveLength(4);
  for (const path of paths) expect(path).toMatch(/^"\/state\/images\//);
});

it("runs the host's buildah with every folder below the state folder, also where that has a quote and a space", async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-storage-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const state = join(folder, "it's a state");
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'buildah'), '#!/bin/sh\necho "$@"\nenv | grep -E "^(CONTAINERS|XDG|BUILDAH)_"\n');
  chmodSync(join(bin, 'buildah'), 0o755);
  const host = { paths: createPaths(state), env: { PATH: bin } };

  const { buildah } = await prepareStorage(host);
  const said = execFileSync(buildah, ['images', 'a b'], { encoding: 'utf8' }).trim().split('\n');

  expect(said[0]).toMatch(/ images a b$/);
  const folders = said.slice(1).filter((line) => !line.startsWith('BUILDAH_ISOLATION=chroot'));
  expect(folders.length).toBeGreaterThanOrEqual(6);
  for (const line of folders) expect(line).toContain(`=${state}/images/`);
});
