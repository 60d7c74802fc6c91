import { expect, it } from 'vitest';
import { upstreamImage } from './upstream.ts';

it.each([
  ['coredns', '1.15.0', 'docker.io/coredns/coredns:1.15.0'],
  ['argocd', '3.2.11', 'quay.io/argoproj/argocd:v3.2.11'],
  ['traefik', '3.6.12', 'docker.io/library/traefik:v3.6.12'],
] as const)('names the image of %s %s as upstream tags it', (component, version, reference) => {
  const { newName, newTag } = upstreamImage(component, version);

  expect(`${newName}:${newTag}`).toBe(reference);
});
