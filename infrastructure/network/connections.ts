import { readdirSync } from 'node:fs';
import { outside } from '../test/connections.ts';

/** Which have policies of their own. */
export const namespaces = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !['closed', 'api-server'].includes(entry.name))
  .map(({ name }) => name);

/** Where NodeLocal DNSCache listens, on every node that has it. */
const nodeCache = '169.254.20.10';

/** What has to go through: from, to, ports. `outside` is the API server, the cloud, or users. */
const needed: readonly (readonly [string, string, readonly string[]])[] = [
  ...[...namespaces.map((name) => `${name}/any`), 'storefront-prod/storefront', 'tenant-ann/any'].flatMap((from) =>
    ['kube-system/dns', nodeCache].map((to) => [from, to, ['UDP/53', 'TCP/53']] as const),
  ),
  ...namespaces
    .filter((name) => name !== 'opentelemetry')
    .map((name) => [`${name}/any`, outside, ['TCP/443', 'TCP/6443']] as const),
  // Whoever is scraped.
  ['monitoring/prometheus', 'argo-rollouts/argo-rollouts', ['TCP/8090']],
  ['monitoring/prometheus', 'cert-manager/webhook', ['TCP/9402']],
  ['monitoring/prometheus', 'external-secrets/external-secrets', ['TCP/8080']],
  ['monitoring/prometheus', 'keda/keda-operator', ['TCP/8080']],
  ['monitoring/prometheus', 'loki/loki', ['TCP/3100']],
  ['monitoring/prometheus', 'monitoring/kube-state-metrics', ['TCP/8080']],
  ['monitoring/prometheus', 'node-agents/prometheus-node-exporter', ['TCP/9100']],
  ['monitoring/prometheus', 'opentelemetry/opentelemetry-collector', ['TCP/8888']],
  ['monitoring/prometheus', 'traefik/traefik', ['TCP/9100']],
  ['monitoring/prometheus', 'velero/velero', ['TCP/8085']],
  ['monitoring/prometheus', 'storefront-prod/storefront', ['TCP/9464']],
  ['monitoring/prometheus', 'kube-system/dns', ['TCP/9153']],
  ['monitoring/prometheus', outside, ['TCP/10250']],
  // Whoever asks Prometheus, Alertmanager and Loki.
  ['argo-rollouts/argo-rollouts', 'monitoring/prometheus', ['TCP/9090']],
  ['keda/keda-operator', 'monitoring/prometheus', ['TCP/9090']],
  ['monitoring/grafana', 'monitoring/prometheus', ['TCP/9090']],
  ['monitoring/grafana', 'monitoring/alertmanager', ['TCP/9093']],
  ['monitoring/grafana', 'loki/loki', ['TCP/3100']],
  ['monitoring/alertmanager', 'monitoring/alertmanager', ['TCP/9094', 'UDP/9094']],
  ['node-agents/fluent-bit', 'loki/loki', ['TCP/3100']],
  ['event-exporter/event-exporter', 'loki/loki', ['TCP/3100']],
  // Whom the API server asks.
  [outside, 'cert-manager/webhook', ['TCP/10250']],
  [outside, 'external-secrets/webhook', ['TCP/10250']],
  [outside, 'keda/keda-admission-webhooks', ['TCP/9443']],
  [outside, 'keda/keda-operator-metrics-apiserver', ['TCP/6443']],
  [outside, 'monitoring/prometheus-adapter', ['TCP/6443']],
  ['keda/keda-operator-metrics-apiserver', 'keda/keda-operator', ['TCP/9666']],
  // Certificates: by DNS, and by an answer over HTTP.
  ['cert-manager/cert-manager', outside, ['UDP/53', 'TCP/53', 'TCP/80']],
  ['cert-manager/cert-manager', 'traefik/traefik', ['TCP/8000', 'TCP/8443']],
  ['traefik/traefik', 'traefik/cm-acme-http-solver', ['TCP/8089']],
  // Requests and traces.
  [outside, 'traefik/traefik', ['TCP/8000', 'TCP/8443']],
  ['traefik/traefik', 'storefront-prod/storefront', ['TCP/8080']],
  ['traefik/traefik', 'tenant-ann/any', ['TCP/3000']],
  ['traefik/traefik', 'argocd/argocd-server', ['TCP/8080']],
  ['storefront-prod/storefront', 'opentelemetry/opentelemetry-collector', ['TCP/4318']],
  ['opentelemetry/opentelemetry-collector', 'tracing/tempo', ['TCP/4317']],
];

/** The same, told apart: from, to, port. */
export const connections = needed.flatMap(([from, to, ports]) => ports.map((port) => [from, to, port] as const));

/** What must not: from, to, port. */
export const refused: readonly (readonly [string, string, string])[] = [
  ['storefront-prod/storefront', 'monitoring/prometheus', 'TCP/9090'],
  ['storefront-prod/storefront', 'monitoring/alertmanager', 'TCP/9093'],
  ['storefront-prod/storefront', 'loki/loki', 'TCP/3100'],
  ['storefront-prod/storefront', 'traefik/traefik', 'TCP/9100'],
  ['storefront-prod/storefront', nodeCache, 'TCP/9253'],
  ['tenant-ann/any', nodeCache, 'TCP/9253'],
  ['tenant-ann/any', '169.254.169.254', 'TCP/80'],
  ['tenant-ann/any', 'monitoring/grafana', 'TCP/3000'],
  ['tenant-ann/any', 'opentelemetry/opentelemetry-collector', 'TCP/4318'],
  [outside, 'monitoring/prometheus', 'TCP/9090'],
  [outside, 'argo-rollouts/argo-rollouts', 'TCP/8090'],
  ['monitoring/grafana', 'storefront-prod/storefront', 'TCP/9464'],
  ['traefik/traefik', 'catalog-prod/catalog', 'TCP/8080'],
  ['traefik/traefik', 'storefront-prod/storefront', 'TCP/9464'],
  ['traefik/traefik', 'argocd/argocd-repo-server', 'TCP/8081'],
  ['traefik/traefik', 'argocd/argocd-server', 'TCP/8083'],
  ['argo-rollouts/argo-rollouts', 'storefront-prod/storefront', 'TCP/8080'],
  ['external-secrets/external-secrets', outside, 'TCP/5432'],
  ['opentelemetry/opentelemetry-collector', outside, 'TCP/443'],
  ['velero/velero', 'loki/loki', 'TCP/3100'],
];
