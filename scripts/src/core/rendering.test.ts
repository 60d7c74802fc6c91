import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { layOut, type RenderRequest } from './rendering.ts';
import { template } from '../../test/template.ts';

const texts = new Map(Object.entries(template()));
const snapshot = { revision: 'a'.repeat(40), tree: new Map(), folders: new Map(), texts };
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
