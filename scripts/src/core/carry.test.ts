import { expect, it } from 'vitest';
import { carryConfigMaps } from './carry.ts';

const old = `apiVersion: v1
kind: ConfigMap
immutable: true
metadata: {name: web-abc, namespace: web-staging}
data: {A: "1"}
---
apiVersion: v1
kind: ConfigMap
immutable: true
metadata: {name: web-older, namespace: web-staging, annotations: {sluice.dev/carried: "true"}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: plain, namespace: web-staging}
`;

it('carries the hashed ConfigMaps of the release being replaced, but not what that one had carried', () => {
  const carried = carryConfigMaps('kind: Service\nmetadata: {name: web}\n', old);

  expect(carried).toContain('web-abc');
  expect(carried).toContain('sluice.dev/carried: "true"');
  expect(carried).not.toContain('web-older');
  expect(carried).not.toContain('plain');
});

it('carries nothing that the new rendering has itself', () => {
  const rendered =
    'apiVersion: v1\nkind: ConfigMap\nimmutable: true\nmetadata: {name: web-abc, namespace: web-staging}\ndata: {A: "1"}\n';

  expect(carryConfigMaps(rendered, old)).toBe(rendered);
});
