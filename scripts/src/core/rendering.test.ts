import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { carryConfigMaps, layOut, type RenderRequest } from './rendering.ts';
import { template } from '../../test/template.ts';

const texts = new Map(Object.entries(template()));
const snapshot = { revision: 'a'.repeat(40), tree: new Map(), texts };
const request: RenderRequest = {
  app: 'web',
  environment: 'staging',
  namespace: 'web-staging',
  strategy: 'rolling',
  service: 'web',
  image: 'ghcr.io/acme/web',
  tag: '0123456789ab-1',
  digest: `sha256:${'0'.repeat(64)}`,
  manifests: snapshot,
  overlay: snapshot,
};

it('lays out base and components from one revision and the overlay from another', () => {
  const newer = { ...snapshot, texts: new Map([...texts].map(([path, text]) => [path, `# newer\n${text}`])) };
  const files = layOut({ ...request, overlay: newer });

  expect(files.get('apps/web/overlays/staging/kustomization.yaml')).toMatch(/^# newer/);
  expect(files.get('apps/web/base/deployment.yaml')).not.toMatch(/newer/);
  expect([...files.keys()].some((path) => path.includes('overlays/prod') || path.includes('jobs'))).toBe(false);
});

it('adds the strategy to the components of the base, after those that it has', () => {
  const base = 'apps/web/base/kustomization.yaml';
  const manifests = {
    ...snapshot,
    texts: new Map([...texts, [base, 'resources: [deployment.yaml]\ncomponents: [../../components/hardened]\n']]),
  };

  expect(parse(layOut({ ...request, manifests }).get(base) ?? '')).toMatchObject({
    components: ['../../components/hardened', '../../components/strategies/rolling'],
  });
});

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
