import type { ProcessSpec } from '../../supervisor/spec.ts';
import { spec, type SpecContext } from './control-plane-specs.ts';
import { kubeconfigOf } from './kubeconfigs.ts';
import { createNodeLayout } from './layout.ts';

/** The OCI registry, with its storage on disk. */
export function registrySpec(context: SpecContext): ProcessSpec {
  const { registryConfig } = createNodeLayout(context.paths);
  return spec(
    context,
    'registry',
    {},
    {
      args: ['serve', registryConfig],
      // Without it the library announces itself to a collector that is not there.
      env: { ...context.env, OTEL_TRACES_EXPORTER: 'none' },
      ready: { kind: 'http', url: `http://127.0.0.1:${context.settings.ports.registry}/v2/` },
    },
  );
}

/** containerd, kubelet, kube-proxy, and kube-router as what puts network policies in force. */
export function nodeSpecs(context: SpecContext): ProcessSpec[] {
  const { paths, settings } = context;
  const layout = createNodeLayout(paths);
  const containerd = spec(
    context,
    'containerd',
    { config: layout.containerdConfig, 'log-level': 'warn' },
    {
      ready: { kind: 'socket', path: layout.containerdSocket },
      after: ['registry'],
    },
  );
  const kubelet = spec(
    context,
    'kubelet',
    {
      config: layout.kubeletConfig,
      kubeconfig: kubeconfigOf(paths, 'kubelet-client'),
      'root-dir': paths.kubelet,
      'cert-dir': paths.pki,
      'hostname-override': settings.node.name,
      'node-ip': settings.node.address,
    },
    {
      ready: { kind: 'http', url: `http://127.0.0.1:${settings.ports.kubeletHealth}/healthz` },
      after: ['kube-apiserver', 'containerd'],
    },
  );
  const proxy = spec(
    context,
    'kube-proxy',
    { config: layout.kubeProxyConfig },
    {
      ready: { kind: 'http', url: `http://127.0.0.1:${settings.ports.proxyHealth}/livez` },
      after: ['kube-apiserver'],
    },
  );
  const policies = spec(
    context,
    'kube-router',
    {
      kubeconfig: kubeconfigOf(paths, 'kube-router'),
      'hostname-override': settings.node.name,
      'run-firewall': 'true',
      'run-router': 'false',
      'run-service-proxy': 'false',
      'service-cluster-ip-range': settings.network.services,
      'health-port': settings.ports.policyHealth,
    },
    {
      ready: { kind: 'http', url: `http://127.0.0.1:${settings.ports.policyHealth}/healthz` },
      after: ['kube-apiserver', 'kubelet'],
    },
  );
  return [containerd, kubelet, proxy, policies];
}
