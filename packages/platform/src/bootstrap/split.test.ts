import { expect, it } from 'vitest';
import { isDefinition, joinManifest, splitManifest } from './split.ts';

const stream = `# upstream's header
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: a
data:
  nested: |
    kind: Secret
    ---
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: b
`;

it('splits at separators only where a line starts, and takes the kind of the object itself', () => {
  const documents = splitManifest(stream);

  expect(documents.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
    'v1 ConfigMap',
    'apiextensions.k8s.io/v1 CustomResourceDefinition',
  ]);
  expect(documents[0]?.text).toContain('    kind: Secret\n    ---\n');
});

it('gives a stream again that splits the same', () => {
  const documents = splitManifest(stream);

  expect(splitManifest(joinManifest(documents))).toEqual(documents);
});

it('tells definitions from the rest', () => {
  expect(splitManifest(stream).map(isDefinition)).toEqual([false, true]);
});
