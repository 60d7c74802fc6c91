import { join } from 'node:path';
import type { Settings } from '../../settings.ts';
import type { Paths } from '../../state.ts';
import type { ProcessSpec } from '../../supervisor/spec.ts';
import { apiUrl, kubeconfigOf } from './kubeconfigs.ts';

export interface SpecContext {
  paths: Paths;
  settings: Settings;
  /** Paths of the binaries by name. */
  bin: Record<string, string>;
  /** Environment of every process. */
  env: Record<string, string>;
  /** Changes when a process must restart for another reason than its command line. */
  revision: string;
}

/** A spec with the fields that all processes share. */
export function spec(
  context: SpecContext,
  name: string,
  args: Record<string, string | number>,
  more: Partial<ProcessSpec>,
): ProcessSpec {
  const command = context.bin[name];
  if (command === undefined) throw new Error(`no binary for ${name}`);
  return {
    name,
    command,
    args: Object.entries(args).map(([flag, value]) => `--${flag}=${value}`),
    env: context.env,
    log: join(context.paths.logs, `${name}.log`),
    revision: context.revision,
    ...more,
  };
}

/** etcd and the four processes that make a cluster of it. */
export function controlPlaneSpecs(context: SpecContext): ProcessSpec[] {
  return [etcd(context), apiServer(context), controllerManager(context), scheduler(context)];
}

function etcd(context: SpecContext): ProcessSpec {
  const { ports } = context.settings;
  const pki = (file: string): string => join(context.paths.pki, file);
  const client = `https://127.0.0.1:${ports.etcd}`;
  const peer = `https://127.0.0.1:${ports.etcdPeer}`;
  const args = {
    name: 'sluice',
    'data-dir': context.paths.etcd,
    'listen-client-urls': client,
    'advertise-client-urls': client,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `sluice=${peer}`,
    'cert-file': pki('etcd.crt'),
    'key-file': pki('etcd.key'),
    'client-cert-auth': 'true',
    'trusted-ca-file': pki('etcd-ca.crt'),
    'peer-cert-file': pki('etcd.crt'),
    'peer-key-file': pki('etcd.key'),
    'peer-client-cert-auth': 'true',
    'peer-trusted-ca-file': pki('etcd-ca.crt'),
    'auto-compaction-retention': '1h',
    'log-level': 'warn',
  };
  const ready = {
    url: `${client}/readyz`,
    ca: pki('etcd-ca.crt'),
    cert: pki('etcd-client.crt'),
    key: pki('etcd-client.key'),
  };
  return spec(context, 'etcd', args, { ready: { kind: 'http', ...ready } });
}

function apiServer(context: SpecContext): ProcessSpec {
  const { settings, paths } = context;
  const pki = (file: string): string => join(paths.pki, file);
  const args = {
    'bind-address': settings.node.address,
    'advertise-address': settings.node.address,
    'secure-port': settings.ports.api,
    'etcd-servers': `https://127.0.0.1:${settings.ports.etcd}`,
    'etcd-cafile': pki('etcd-ca.crt'),
    'etcd-certfile': pki('etcd-client.crt'),
    'etcd-keyfile': pki('etcd-client.key'),
    'tls-cert-file': pki('apiserver.crt'),
    'tls-private-key-file': pki('apiserver.key'),
    'client-ca-file': pki('ca.crt'),
    'kubelet-client-certificate': pki('apiserver-kubelet-client.crt'),
    'kubelet-client-key': pki('apiserver-kubelet-client.key'),
    'kubelet-certificate-authority': pki('ca.crt'),
    // The node's name is in no DNS, so logs and exec must go to its address.
    'kubelet-preferred-address-types': 'InternalIP',
    'service-account-issuer': 'https://kubernetes.default.svc.cluster.local',
    'service-account-key-file': pki('service-account.pub'),
    'service-account-signing-key-file': pki('service-account.key'),
    'service-cluster-ip-range': settings.network.services,
    'authorization-mode': 'Node,RBAC',
    'enable-admission-plugins': 'NodeRestriction',
    'allow-privileged': 'true',
    // API aggregation: https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/
    'requestheader-client-ca-file': pki('front-proxy-ca.crt'),
    'requestheader-allowed-names': 'front-proxy-client',
    'requestheader-extra-headers-prefix': 'X-Remote-Extra-',
    'requestheader-group-headers': 'X-Remote-Group',
    'requestheader-username-headers': 'X-Remote-User',
    'proxy-client-cert-file': pki('front-proxy-client.crt'),
    'proxy-client-key-file': pki('front-proxy-client.key'),
    'enable-aggregator-routing': 'true',
    'event-ttl': '1h',
    profiling: 'false',
  };
  const ready = { url: `${apiUrl(settings)}/readyz`, ca: pki('ca.crt'), cert: pki('admin.crt'), key: pki('admin.key') };
  return spec(context, 'kube-apiserver', args, { ready: { kind: 'http', ...ready }, after: ['etcd'] });
}

function controllerManager(context: SpecContext): ProcessSpec {
  const { settings, paths } = context;
  const pki = (file: string): string => join(paths.pki, file);
  const args = {
    kubeconfig: kubeconfigOf(paths, 'controller-manager'),
    'bind-address': '127.0.0.1',
    'secure-port': settings.ports.controllerManager,
    'cluster-name': 'sluice',
    'cluster-cidr': settings.network.pods,
    'node-cidr-mask-size': settings.network.pods.replace(/^.*\//, ''),
    'allocate-node-cidrs': 'true',
    'service-cluster-ip-range': settings.network.services,
    'root-ca-file': pki('ca.crt'),
    'cluster-signing-cert-file': pki('ca.crt'),
    'cluster-signing-key-file': pki('ca.key'),
    'service-account-private-key-file': pki('service-account.key'),
    'use-service-account-credentials': 'true',
    'leader-elect': 'false',
    profiling: 'false',
  };
  return spec(context, 'kube-controller-manager', args, {
    after: ['kube-apiserver'],
    ...answersAt(settings.ports.controllerManager),
  });
}

function scheduler(context: SpecContext): ProcessSpec {
  const { ports } = context.settings;
  const args = {
    kubeconfig: kubeconfigOf(context.paths, 'scheduler'),
    'bind-address': '127.0.0.1',
    'secure-port': ports.scheduler,
    'leader-elect': 'false',
    profiling: 'false',
  };
  return spec(context, 'kube-scheduler', args, { after: ['kube-apiserver'], ...answersAt(ports.scheduler) });
}

/** Both serve with a certificate of their own making, so only the port is asked. */
function answersAt(port: number): Pick<ProcessSpec, 'ready'> {
  return { ready: { kind: 'tcp', host: '127.0.0.1', port } };
}
