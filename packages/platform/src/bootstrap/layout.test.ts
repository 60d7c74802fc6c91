import { expect, it } from 'vitest';
import { componentManifests } from './components.ts';
import { planLayout } from './layout.ts';

const image = { newName: '127.0.0.1:5000/platform/x', newTag: '1.0.0-0123456789ab' };

it('lays upstream files flat into the folder that Git ignores', () => {
  const layout = planLayout(componentManifests['metrics-server'], { image, localImages: true });

  expect(layout.upstream).toContainEqual({
    from: 'manifests/base/rbac.yaml',
    to: 'infrastructure/metrics-server/upstream/rbac.yaml',
  });
});

it('applies the entry with the image’s name replaced, and what fits it to an image built here', () => {
  const layout = planLayout(componentManifests.argocd, { image, localImages: true });

  expect(layout.generated['kustomization.yaml']).toBe(`apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - infrastructure/local/argocd
components:
  - infrastructure/local/argocd/local-images
images:
  - name: quay.io/argoproj/argocd
    newName: 127.0.0.1:5000/platform/x
    newTag: 1.0.0-0123456789ab
`);
});

it('applies the entry as it is with upstream’s images', () => {
  const layout = planLayout(componentManifests.argocd, { image, localImages: false });

  expect(layout.generated['kustomization.yaml']).not.toContain('components');
});

it('quotes a tag that YAML would take for a number', () => {
  const layout = planLayout(componentManifests.coredns, {
    image: { newName: 'coredns', newTag: '1.15' },
    localImages: true,
  });

  expect(layout.generated['kustomization.yaml']).toContain('newTag: "1.15"');
});

it('writes the settings beside the entry', () => {
  const layout = planLayout(componentManifests.traefik, {
    image,
    localImages: true,
    settings: { routerAddress: '127.0.0.1', routerPort: '8080' },
  });

  expect(layout.generated['infrastructure/local/traefik/platform.env']).toBe(
    'routerAddress=127.0.0.1\nrouterPort=8080\n',
  );
});

it('replaces no image where a component runs none', () => {
  const layout = planLayout(componentManifests.policies, {
    localImages: true,
    settings: { registries: '127.0.0.1:5000' },
  });

  expect(layout.generated).toEqual({
    'kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - infrastructure/local/policies
`,
    'infrastructure/local/policies/platform.env': 'registries=127.0.0.1:5000\n',
  });
});
