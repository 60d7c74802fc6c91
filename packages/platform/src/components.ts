/** What the platform runs as pods, by name; each has an image of the same name under `platform/`. */
export const components = [
  'pause',
  'coredns',
  'argocd',
  'argo-rollouts',
  'postgresql',
  'traefik',
  'prometheus',
  'metrics-server',
] as const;

export type Component = (typeof components)[number];

/** What is applied to the cluster: a component, `crds`, the custom resource definitions of all of them, or `policies`. */
export type Infrastructure = Component | 'crds' | 'policies';

/** Images: those of the components, and the bases that services are built on. */
export type ImageName = Component | 'base';

/** Tools whose upstream files are applied, those first that are: definitions before the controllers that read them. */
export const fileOrder = ['argo-rollouts', 'traefik', 'argocd', 'metrics-server'] as const;

/** Every pinned tool of the platform, those first that a healthy app in the first environment waits for. */
export const toolOrder = [
  'kustomize',
  'registry',
  'etcd',
  'kubernetes',
  'containerd',
  'cni-plugins',
  'kube-router',
  'crictl',
  'pause',
  'coredns',
  'argocd',
  'argo-rollouts',
  'traefik',
  'prometheus',
  'metrics-server',
] as const;
