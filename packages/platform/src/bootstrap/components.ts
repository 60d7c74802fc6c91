import type { Component } from '../components.ts';

/** What is applied to the cluster: a component, or `policies`, which consist of objects alone. */
export type Applied = Exclude<Component, 'pause'> | 'policies';

export interface ComponentManifests {
  /** Folders of the repository that its manifests consist of. */
  folders: readonly string[];
  /** The folder that is applied, one of those above or below one. */
  entry: string;
  /** Upstream files of the tool of the same name, and the folder they are laid into, flat. */
  upstream?: { files: readonly string[]; into: string };
  /** The upstream file with its custom resource definitions. */
  definitions?: string;
  /** The Kustomize component that fits it to an image built here. */
  localImages?: string;
  /** Names that its manifests give the component's image; none where it runs nothing. */
  images: readonly string[];
  namespace: string;
  /** What must be ready before the component is. */
  workloads: readonly string[];
}

/** What closes a namespace, and opens what its component needs; see infrastructure/network. */
function network(name: string): string[] {
  return ['closed', 'api-server', name].map((part) => `infrastructure/network/${part}`);
}

const argoInstall = 'manifests/install.yaml';
const traefikDefinitions = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml';

/** What of the repository and of upstream makes each component. */
export const componentManifests: Record<Applied, ComponentManifests> = {
  policies: {
    folders: ['infrastructure/admission', 'infrastructure/priority-classes', 'infrastructure/local/policies'],
    entry: 'infrastructure/local/policies',
    images: [],
    namespace: 'admission',
    workloads: [],
  },
  coredns: {
    folders: ['infrastructure/coredns', 'infrastructure/local/coredns'],
    entry: 'infrastructure/local/coredns',
    images: ['coredns'],
    namespace: 'kube-system',
    workloads: ['deployment/coredns'],
  },
  'metrics-server': {
    folders: ['infrastructure/metrics-server', 'infrastructure/local/metrics-server'],
    entry: 'infrastructure/local/metrics-server',
    upstream: {
      files: ['apiservice', 'deployment', 'rbac', 'service'].map((name) => `manifests/base/${name}.yaml`),
      into: 'infrastructure/metrics-server/upstream',
    },
    images: ['metrics-server'],
    namespace: 'kube-system',
    workloads: ['deployment/metrics-server'],
  },
  'argo-rollouts': {
    folders: ['infrastructure/argo-rollouts', 'infrastructure/local/argo-rollouts', ...network('argo-rollouts')],
    entry: 'infrastructure/local/argo-rollouts',
    upstream: { files: [argoInstall], into: 'infrastructure/argo-rollouts/upstream' },
    definitions: argoInstall,
    images: ['argo-rollouts'],
    namespace: 'argo-rollouts',
    workloads: ['deployment/argo-rollouts'],
  },
  postgresql: {
    folders: ['infrastructure/postgresql', 'infrastructure/local/postgresql'],
    entry: 'infrastructure/local/postgresql',
    images: ['postgresql'],
    namespace: 'postgresql',
    workloads: ['statefulset/postgresql'],
  },
  traefik: {
    folders: ['infrastructure/traefik', 'infrastructure/local/traefik', ...network('traefik')],
    entry: 'infrastructure/local/traefik',
    upstream: { files: [traefikDefinitions], into: 'infrastructure/traefik/upstream' },
    definitions: traefikDefinitions,
    images: ['traefik'],
    namespace: 'traefik',
    workloads: ['deployment/traefik'],
  },
  prometheus: {
    folders: ['infrastructure/monitoring', 'infrastructure/local/monitoring', ...network('monitoring')],
    entry: 'infrastructure/local/monitoring',
    images: ['prometheus'],
    namespace: 'monitoring',
    workloads: ['deployment/prometheus'],
  },
  argocd: {
    folders: ['argocd', 'infrastructure/local/argocd'],
    entry: 'infrastructure/local/argocd',
    upstream: { files: [argoInstall], into: 'argocd/bootstrap/upstream' },
    definitions: argoInstall,
    localImages: 'infrastructure/local/argocd/local-images',
    images: ['quay.io/argoproj/argocd'],
    namespace: 'argocd',
    workloads: [
      'deployment/argocd-redis',
      'deployment/argocd-repo-server',
      'deployment/argocd-server',
      'deployment/argocd-applicationset-controller',
      'statefulset/argocd-application-controller',
    ],
  },
};
