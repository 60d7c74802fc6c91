import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/temporary.ts';
import { kustomizeBuild } from './kustomize.ts';

const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n';

function build(files: Record<string, string>): Promise<string> {
  return kustomizeBuild(new Map(Object.entries(files)), 'app');
}

describe('a build', () => {
  it('is made of its files', async () => {
    expect(await build({ 'app/kustomization.yaml': 'resources: [c.yaml]', 'app/c.yaml': map })).toContain('name: c');
  });

  it('fetches nothing by Git', async () => {
    const folder = await temporaryFolder();
    const git = (...args: string[]): Buffer => execFileSync('git', ['-C', folder, ...args], { stdio: 'pipe' });
    git('init', '--quiet', '--initial-branch', 'main');
    await writeFile(join(folder, 'kustomization.yaml'), 'resources: [c.yaml]');
    await writeFile(join(folder, 'c.yaml'), map);
    git('add', '.');
    git('-c', 'user.name=a', '-c', 'user.email=a@example.invalid', 'commit', '--quiet', '--message', 'Remote');

    await expect(build({ 'app/kustomization.yaml': `resources: ["file://${folder}?ref=main"]` })).rejects.toThrow(
      "transport 'file' not allowed",
    );
  });

  it.each(['/etc/passwd', '../../../../etc/passwd', 'k=/etc/passwd'])('reads no other file: %s', async (file) => {
    const text = `configMapGenerator: [{name: c, files: ["${file}"]}]`;

    await expect(build({ 'app/kustomization.yaml': text })).rejects.toThrow(/security|is not in or below/);
  });

  it.each(['../escaped', 'app/../../escaped', '/tmp/escaped-from-a-build', 'app/./escaped'])(
    'writes no file elsewhere, whatever a tree calls its paths: %s',
    async (path) => {
      await expect(build({ 'app/kustomization.yaml': '', [path]: 'x' })).rejects.toThrow('is no path within');
      expect(existsSync('/tmp/escaped-from-a-build')).toBe(false);
    },
  );
});
