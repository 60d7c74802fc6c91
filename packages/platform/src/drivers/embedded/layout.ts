import { join } from 'node:path';
import type { Paths } from '../../state.ts';

/** Cgroup below which all pods run, so that what is in it is the platform's for certain. */
export const cgroupRoot = 'sluice';

/** The pods' network, as CNI plugins name it in the comments of their firewall rules. */
export const cniNetwork = 'sluice';

/** Folder of the configuration that the cluster's processes read; nothing else may lie there. */
export function nodeConfigFolder(paths: Paths): string {
  return join(paths.config, 'node');
}

/** Paths that only the embedded node uses. */
export interface NodeLayout {
  containerdConfig: string;
  containerdState: string;
  containerdSocket: string;
  registryHosts: string;
  cniConfig: string;
  /** Links to the CNI plugins under their own names. */
  cniPlugins: string;
  /** Pod addresses handed out (host-local). */
  cniData: string;
  runcRoot: string;
  kubeletConfig: string;
  kubeProxyConfig: string;
  registryConfig: string;
  crictlConfig: string;
}

export function createNodeLayout(paths: Paths): NodeLayout {
  const config = nodeConfigFolder(paths);
  const containerdState = join(paths.run, 'containerd');
  return {
    containerdConfig: join(config, 'containerd.toml'),
    containerdState,
    containerdSocket: join(containerdState, 'containerd.sock'),
    registryHosts: join(config, 'registries'),
    cniConfig: join(config, 'cni'),
    cniPlugins: join(paths.bin, 'cni'),
    cniData: join(paths.run, 'cni'),
    runcRoot: join(paths.run, 'runc'),
    kubeletConfig: join(config, 'kubelet.yaml'),
    kubeProxyConfig: join(config, 'kube-proxy.yaml'),
    registryConfig: join(config, 'registry.yaml'),
    crictlConfig: join(config, 'crictl.yaml'),
  };
}
