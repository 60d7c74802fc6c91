import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from './test/kustomize.ts';

const label = /pod-security\.kubernetes\.io\/(enforce|warn|audit)(-version)?: (\S+)/g;

/** What the file of a namespace, or of whoever makes one, says of its pods: `enforce`, `warn-version` and so on. */
const files = globSync('{argocd,infrastructure}/**/*.yaml', { cwd: root, exclude: ['**/upstream/**'] })
  .map((path) => ({ path, said: saidIn(readFileSync(join(root, path), 'utf8')) }))
  .filter(({ said }) => Object.keys(said).length > 0);

function saidIn(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(label)].map(([, mode, version, value]) => [`${mode}${version ?? ''}`, value!]),
  );
}

it('every pod security profile is of the Kubernetes that the local platform runs', () => {
  const tools = parse(readFileSync(join(root, 'infrastructure/local/tools.yaml'), 'utf8')) as {
    tools: { kubernetes: { version: string } };
  };
  const [major, minor] = tools.tools.kubernetes.version.split('.');

  expect(files.length).toBeGreaterThan(40);
  for (const { path, said } of files) {
    const versions = Object.keys(said).filter((key) => key.endsWith('-version'));
    for (const key of versions) expect(said[key], `${path}: ${key}`).toBe(`v${major}.${minor}`);
  }
});

it('a namespace that enforces less than restricted, and need not, says what restricted would refuse', () => {
  const gentler = files.filter(({ said }) => said['enforce'] === 'baseline');

  expect(gentler.length).toBeGreaterThan(0);
  for (const { path, said } of gentler) {
    expect(said, path).toMatchObject({ warn: 'restricted', audit: 'restricted' });
    expect(Object.keys(said), path).toEqual(expect.arrayContaining(['warn-version', 'audit-version']));
  }
});
