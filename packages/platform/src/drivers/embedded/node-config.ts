import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { writeAtomically } from '../../files.ts';
import type { Settings } from '../../settings.ts';
import type { Paths } from '../../state.ts';
import { cgroupRoot, cniNetwork, createNodeLayout, type NodeLayout } from './layout.ts';
import { kubeconfigOf } from './kubeconfigs.ts';

/** The image that holds a pod's namespaces. */
function pauseImage(settings: Settings): string {
  return `127.0.0.1:${settings.ports.registry}/platform/pause:1.0.0`;
}

/** Writes the configuration of registry, containerd, CNI, kubelet and kube-proxy. `runc` is the path of the command. */
export async function writeNodeConfig(paths: Paths, settings: Settings, runc: string): Promise<void> {
  const layout = createNodeLayout(paths);
  const registry = `127.0.0.1:${settings.ports.registry}`;
  await writeAtomically(layout.registryConfig, stringify(registryConfig(paths, registry)));
  await writeAtomically(layout.containerdConfig, containerdConfig(paths, layout, settings, runc));
  await writeAtomically(
    join(layout.registryHosts, registry, 'hosts.toml'),
    `server = "http://${registry}"\n\n[host."http://${registry}"]\n  capabilities = ["pull", "resolve"]\n`,
  );
  await writeAtomically(join(layout.cniConfig, '10-sluice.conflist'), JSON.stringify(cniConfig(layout, settings)));
  await writeAtomically(layout.kubeletConfig, stringify(kubeletConfig(paths, layout, settings), { lineWidth: 0 }));
  await writeAtomically(layout.kubeProxyConfig, stringify(kubeProxyConfig(paths, settings), { lineWidth: 0 }));
  await writeAtomically(
    layout.crictlConfig,
    stringify({ 'runtime-endpoint': `unix://${layout.containerdSocket}`, timeout: 60 }),
  );
  for (const folder of [paths.containerd, paths.kubelet, paths.podLogs, layout.runcRoot, layout.cniData]) {
    await mkdir(folder, { recursive: true });
  }
}

function registryConfig(paths: Paths, address: string): object {
  return {
    version: 0.1,
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: paths.registry }, delete: { enabled: true } },
    http: { addr: address },
  };
}

function containerdConfig(paths: Paths, layout: NodeLayout, settings: Settings, runc: string): string {
  return `version = 3
root = ${quote(paths.containerd)}
state = ${quote(layout.containerdState)}
# The sandbox of some hosts lacks CAP_SYS_RESOURCE, and nothing here needs a negative score.
oom_score = 0
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.nri.v1.nri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.blockfile", "io.containerd.snapshotter.v1.erofs", "io.containerd.differ.v1.erofs", "io.containerd.tracing.processor.v1.otlp"]

[grpc]
  address = ${quote(layout.containerdSocket)}

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = ${quote(pauseImage(settings))}
  [plugins."io.containerd.cri.v1.images".registry]
    config_path = ${quote(layout.registryHosts)}

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true
  # The default of 1 s (https://github.com/containerd/containerd/pull/12629) costs 20 % of a core for 30 pods, and the
  # kubelet counts by itself.
  stats_collect_period = "1m0s"
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = [${quote(layout.cniPlugins)}]
    conf_dir = ${quote(layout.cniConfig)}
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
        BinaryName = ${quote(runc)}
        Root = ${quote(layout.runcRoot)}
        SystemdCgroup = false
`;
}

function cniConfig(layout: NodeLayout, settings: Settings): object {
  const bridge = {
    type: 'bridge',
    bridge: settings.network.link,
    isGateway: true,
    ipMasq: true,
    hairpinMode: true,
    ipam: {
      type: 'host-local',
      dataDir: layout.cniData,
      ranges: [[{ subnet: settings.network.pods }]],
      routes: [{ dst: '0.0.0.0/0' }],
    },
  };
  return {
    cniVersion: '1.0.0',
    name: cniNetwork,
    plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true }, snat: true }],
  };
}

/** Eviction and garbage collection are set low, because a person's disk is fuller than a server's. */
function kubeletConfig(paths: Paths, layout: NodeLayout, settings: Settings): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: settings.node.address,
    port: settings.ports.kubelet,
    healthzBindAddress: '127.0.0.1',
    healthzPort: settings.ports.kubeletHealth,
    readOnlyPort: 0,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(paths.pki, 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: join(paths.pki, 'kubelet.crt'),
    tlsPrivateKeyFile: join(paths.pki, 'kubelet.key'),
    containerRuntimeEndpoint: `unix://${layout.containerdSocket}`,
    clusterDNS: [settings.network.dns],
    clusterDomain: 'cluster.local',
    podLogsDir: paths.podLogs,
    volumePluginDir: join(paths.kubelet, 'volume-plugins'),
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cgroupRoot}`,
    cgroupsPerQOS: true,
    enforceNodeAllocatable: [],
    failCgroupV1: false,
    failSwapOn: false,
    maxPods: 200,
    registerNode: true,
    serializeImagePulls: false,
    imageGCHighThresholdPercent: 99,
    imageGCLowThresholdPercent: 98,
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    containerLogMaxSize: '10Mi',
    containerLogMaxFiles: 2,
    shutdownGracePeriod: '0s',
    nodeStatusUpdateFrequency: '1s',
    nodeStatusReportFrequency: '10s',
    rotateCertificates: false,
    logging: { verbosity: 1 },
  };
}

/** Conntrack limits are the host's own business: 0 leaves them as they are. */
function kubeProxyConfig(paths: Paths, settings: Settings): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    bindAddress: settings.node.address,
    hostnameOverride: settings.node.name,
    clusterCIDR: settings.network.pods,
    healthzBindAddress: `127.0.0.1:${settings.ports.proxyHealth}`,
    metricsBindAddress: `127.0.0.1:${settings.ports.proxyMetrics}`,
    clientConnection: { kubeconfig: kubeconfigOf(paths, 'kube-proxy') },
    nodePortAddresses: ['127.0.0.0/8'],
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
    iptables: { localhostNodePorts: false, minSyncPeriod: '0s', syncPeriod: '30s' },
  };
}

/** TOML's basic strings are written as JSON's. */
function quote(text: string): string {
  return JSON.stringify(text);
}
