import { join } from 'node:path';

/** Where everything of the local platform lies, all of it below the state folder. */
export interface Paths {
  state: string;
  /** The instance lock: who starts or stops the platform just now. */
  lock: string;
  /** What `start` chose: the driver and, for an existing cluster, its context. */
  choice: string;
  kubeconfig: string;
  /** Tool cache, one folder per tool and version. */
  tools: string;
  /** kubectl under its own name, and what the platform runs beside it. */
  bin: string;
  logs: string;
  /** Process specs, pids and states: see supervisor/files.ts. */
  processes: string;
  /** Certificates and keys. */
  pki: string;
  /** Generated configuration of the processes. */
  config: string;
  /** Sockets, sandboxes and mounts of a running node. */
  run: string;
  etcd: string;
  registry: string;
  containerd: string;
  kubelet: string;
  /** The volume of PostgreSQL, where the cluster makes none. */
  postgresql: string;
  databasePasswords: string;
  /** Logs of the pods' containers. */
  podLogs: string;
  /** Storage and configuration of the image builds. */
  images: string;
  /** The bare repository that is the remote `local`. */
  remote: string;
  /** How the host was before the first start, so that stop can bring it back. */
  before: string;
}

/** The paths below the state folder `state` (absolute). */
export function createPaths(state: string): Paths {
  const at = (...parts: string[]): string => join(state, ...parts);
  return {
    state,
    lock: at('lock'),
    choice: at('driver.json'),
    kubeconfig: at('kubeconfig'),
    tools: at('tools'),
    bin: at('bin'),
    logs: at('logs'),
    processes: at('processes'),
    pki: at('pki'),
    config: at('config'),
    run: at('run'),
    etcd: at('data', 'etcd'),
    registry: at('data', 'registry'),
    containerd: at('data', 'containerd'),
    kubelet: at('data', 'kubelet'),
    postgresql: at('data', 'postgresql'),
    databasePasswords: at('data', 'database-passwords.json'),
    podLogs: at('logs', 'pods'),
    images: at('images'),
    remote: at('remote', 'sluice.git'),
    before: at('before.json'),
  };
}

/** What `stop --purge` removes, in this order: cluster, images and remote, but neither the tool cache nor the tool builds. */
export function purgeable(paths: Paths): string[] {
  return [
    paths.kubeconfig,
    paths.processes,
    paths.pki,
    paths.config,
    paths.run,
    paths.logs,
    paths.images,
    join(paths.state, 'data'),
    join(paths.state, 'remote'),
    join(paths.state, 'manifests'),
    paths.bin,
    paths.before,
    // Without it the next stop would find nothing to purge, so one that is killed before leaves it.
    paths.choice,
  ];
}

/** What `stop --purge=all` removes besides: the tools, their builds and what else the platform writes. */
export function removable(paths: Paths): string[] {
  return [
    paths.tools,
    join(paths.state, 'build'),
    join(paths.state, 'apt'),
    join(paths.state, 'argocd-admin-password'),
  ];
}
