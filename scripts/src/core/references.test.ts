import { describe, expect, it } from 'vitest';
import { template } from '../../test/template.ts';
import { refuseOutside } from './references.ts';

const base = 'apps/web/base/kustomization.yaml';

function problem(kustomization: string, path = base): string {
  const files = new Map(Object.entries({ ...template(), 'apps/web/base/c.env': '', [path]: kustomization }));
  try {
    refuseOutside(files, 'web');
    return 'accepted';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a kustomization', () => {
  it.each([
    'resources: [https://example.com/evil.yaml]',
    'resources: ["github.com/acme/evil//base?ref=main"]',
    'resources: ["git@github.com:acme/evil.git"]',
    'resources: [/etc]',
    'resources: [../../../../etc]',
    'resources: [../../jobs/../../../etc]',
    'components: [../../components/missing]',
    'bases: [ssh://host/repo]',
    'crds: [https://example.com/crd.json]',
    'configurations: [/etc/passwd]',
    'transformers: [http://example.com/t.yaml]',
    'generators: [../../../plugin.yaml]',
    'patches: [{path: https://example.com/p.yaml}]',
    'patchesStrategicMerge: [/etc/passwd]',
    'patchesJson6902: [{path: ../../../x.yaml}]',
    'replacements: [{path: https://example.com/r.yaml}]',
    'openapi: {path: https://example.com/schema.json}',
    'configMapGenerator: [{name: c, files: [/etc/passwd]}]',
    'configMapGenerator: [{name: c, files: [passwd=/etc/passwd]}]',
    'configMapGenerator: [{name: c, files: ["k=../../../../../etc/passwd"]}]',
    'configMapGenerator: [{name: c, envs: [https://example.com/c.env]}]',
    'secretGenerator: [{name: c, env: /proc/self/environ}]',
  ])('may not reach beyond its files: %s', (text) => {
    expect(problem(text)).toMatch(/^apps\/web\/base\/kustomization\.yaml names \S+, which is not among the files/);
  });

  it.each([
    'resources: [deployment.yaml]',
    'resources: [./deployment.yaml]\ncomponents: [../../components/strategies/rolling]',
    'configMapGenerator: [{name: c, files: [c.env, k=c.env], envs: [c.env], literals: [URL=https://example.com]}]',
    'patches: [{patch: "- {op: add, path: /x, value: https://example.com}", target: {kind: Deployment}}]',
    'patchesStrategicMerge: ["kind: X\\nmetadata: {name: https://example.com}"]',
    'commonAnnotations: {see: https://example.com}',
    'images: [{name: sidecar, newTag: "1.10"}]',
    '',
  ])('may name what stands beside it, and any address elsewhere: %j', (text) => {
    expect(problem(text)).toBe('accepted');
  });

  it.each(['images: [{name: web, newTag: "1.10"}]', 'images: [{name: other, newName: web}]'])(
    'may not set the image that the release sets: %s',
    (text) => {
      expect(problem(text)).toBe(`${base} sets the image web, which is the release's to do`);
    },
  );

  it('has one name, since only that is looked for when it is said what a release is made of', () => {
    expect(problem('', 'apps/web/base/kustomization.yml')).toContain('has another name than kustomization.yaml');
    expect(problem('', 'apps/components/x/Kustomization')).toContain('has another name than kustomization.yaml');
  });
});
