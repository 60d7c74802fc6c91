import type { Component } from '../components.ts';

/** An image as a kustomization's `images` has it. */
export interface ImageReference {
  newName: string;
  newTag: string;
}

/** A component that is a pinned tool. */
type Tool = Exclude<Component, 'pause' | 'postgresql'>;

/** Debian's on an image built here, so that no tool is pinned; the major version decides whether it can read its data. */
export const upstreamPostgresql: ImageReference = { newName: 'docker.io/library/postgres', newTag: '17-bookworm' };

const repositories: Record<Tool, { name: string; prefix: string }> = {
  coredns: { name: 'docker.io/coredns/coredns', prefix: '' },
  argocd: { name: 'quay.io/argoproj/argocd', prefix: 'v' },
  'argo-rollouts': { name: 'quay.io/argoproj/argo-rollouts', prefix: 'v' },
  traefik: { name: 'docker.io/library/traefik', prefix: 'v' },
  prometheus: { name: 'quay.io/prometheus/prometheus', prefix: 'v' },
  'metrics-server': { name: 'registry.k8s.io/metrics-server/metrics-server', prefix: 'v' },
};

/** Upstream's own image of a component at a version such as `3.2.11`. */
export function upstreamImage(component: Tool, version: string): ImageReference {
  const { name, prefix } = repositories[component];
  return { newName: name, newTag: `${prefix}${version}` };
}
