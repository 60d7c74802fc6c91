import { describe, expect, it } from 'vitest';
import { kustomizationProblems } from './kustomizations.ts';

const file = 'infrastructure/router/kustomization.yaml';

function policies(reference: string, key = 'resources'): string[] {
  const files = new Map([
    ['infrastructure/router/router.yaml', ''],
    ['infrastructure/base/kustomization.yaml', ''],
  ]);
  return kustomizationProblems(file, `${key}:\n  - ${reference}\n`, files).map(({ policy }) => policy);
}

describe('what a kustomization names', () => {
  it.each(['router.yaml', '../base', 'upstream/install.yaml'])('may be %s', (reference) => {
    expect(policies(reference)).toEqual([]);
  });

  it.each([
    'https://example.com/install.yaml',
    'git::https://example.com/acme/router',
    'git@example.com:acme/router',
    'ssh://git@example.com/acme/router',
    'github.com/acme/router?ref=v1',
    'example.com/acme/router//base?ref=v1',
  ])('is somewhere else: %s', (reference) => {
    expect(policies(reference)).toEqual(['remote-resource']);
  });

  it.each(['roter.yaml', '../bose', '../upstream.yaml'])('is not there: %s', (reference) => {
    expect(policies(reference)).toEqual(['render']);
    expect(policies(reference, 'components')).toEqual(['render']);
  });

  it('is left to the renderer in an app', () => {
    expect(kustomizationProblems('apps/web/base/kustomization.yaml', 'resources: [wab.yaml]\n', new Map())).toEqual([]);
  });
});
