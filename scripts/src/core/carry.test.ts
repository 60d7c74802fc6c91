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

const service = 'kind: Service\nmetadata: {name: web}\n';

it('carries the hashed ConfigMaps of the release being replaced, and nothing that is not hashed', () => {
  const carried = carryConfigMaps(service, old);

  expect(carried).toContain('web-abc');
  expect(carried).toContain('sluice.dev/carried: "1"');
  expect(carried).not.toContain('plain');
});

it('carries what the release being replaced had carried itself once more, since that may still serve, and then no longer', () => {
  const first = carryConfigMaps(service, old);
  const [second, third] = [carryConfigMaps(service, first), carryConfigMaps(service, carryConfigMaps(service, first))];

  expect(first).toMatch(/name: web-older, .*sluice\.dev\/carried: "2"/);
  expect(second).toMatch(/name: web-abc[^]*sluice\.dev\/carried: "2"/);
  expect(second).not.toContain('web-older');
  expect(third).toBe(service);
});

it('carries nothing that the new rendering has itself', () => {
  const rendered =
    'apiVersion: v1\nkind: ConfigMap\nimmutable: true\nmetadata: {name: web-abc, namespace: web-staging}\ndata: {A: "1"}\n';

  expect(carryConfigMaps(rendered, rendered)).toBe(rendered);
  expect(carryConfigMaps(rendered, old)).not.toMatch(/web-abc[^]*web-abc/);
});
