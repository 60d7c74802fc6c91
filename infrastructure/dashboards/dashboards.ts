/** One graph: what it shows and the query behind it. */
export interface Panel {
  title: string;
  expr: string;
  legend: string;
  unit: 'reqps' | 'percentunit' | 's' | 'short' | 'bytes' | 'Bps';
}

export interface Dashboard {
  uid: string;
  title: string;
  /** Labels that a viewer chooses by, and the metric whose values they are. */
  variables: readonly { name: string; query: string }[];
  panels: readonly Panel[];
}

const app = 'namespace="$namespace",app="$app"';
const appVariables = [
  { name: 'namespace', query: 'label_values(app:http_requests:rate5m, namespace)' },
  { name: 'app', query: 'label_values(app:http_requests:rate5m{namespace="$namespace"}, app)' },
];

/** What a Deployment and a Rollout say of their replicas, by the name of either. */
const replicas = (deployment: string, rollout: string): string =>
  Object.entries({ deployment, name: rollout })
    .map(([label, metric]) => `label_replace(${metric}{namespace="$namespace"}, "workload", "$1", "${label}", "(.+)")`)
    .join(' or ');

/** What the pods of a node that are not done yet ask for, of what it has for pods. */
const asked = (resource: string): string =>
  `sum by (node) (kube_pod_container_resource_requests{resource="${resource}",node=~"$node"} ` +
  'and on (namespace, pod) kube_pod_status_phase{phase=~"Pending|Running"} == 1) ' +
  `/ on (node) kube_node_status_allocatable{resource="${resource}"}`;

/** Rate, errors, duration of an app; its versions beside each other; what pods use; utilisation, saturation, errors of nodes. */
export const dashboards: readonly Dashboard[] = [
  {
    uid: 'sluice-apps',
    title: 'Apps',
    variables: appVariables,
    panels: [
      { title: 'Requests', expr: `app:http_requests:rate5m{${app}}`, legend: '{{app}}', unit: 'reqps' },
      { title: 'Errors', expr: `app:http_requests:error_ratio_5m{${app}}`, legend: '{{app}}', unit: 'percentunit' },
      { title: 'p99', expr: `app:http_request_duration_seconds:p99_5m{${app}}`, legend: '{{app}}', unit: 's' },
      {
        title: 'Error budget burnt over three days',
        expr: `app:http_requests:error_ratio_3d{${app}} / 0.001`,
        legend: '{{app}}',
        unit: 'short',
      },
      {
        title: 'Requests by route',
        expr: `sum by (route, status) (rate(http_requests_total{${app}}[5m]))`,
        legend: '{{route}} {{status}}',
        unit: 'reqps',
      },
      {
        title: 'CPU of its limit',
        expr: 'namespace_pod_container:cpu_usage:limit_ratio{namespace="$namespace"}',
        legend: '{{pod}}',
        unit: 'percentunit',
      },
      {
        title: 'Memory of its limit',
        expr: 'namespace_pod_container:memory_working_set:limit_ratio{namespace="$namespace"}',
        legend: '{{pod}}',
        unit: 'percentunit',
      },
      {
        title: 'Restarts',
        expr: 'increase(kube_pod_container_status_restarts_total{namespace="$namespace"}[1h])',
        legend: '{{pod}}',
        unit: 'short',
      },
    ],
  },
  {
    uid: 'sluice-canary',
    title: 'Canary',
    variables: appVariables,
    panels: [
      {
        title: 'Requests by version',
        expr: `app_version:http_requests:rate5m{${app}}`,
        legend: '{{version}} {{pod_template_hash}}',
        unit: 'reqps',
      },
      {
        title: 'Share of each version',
        expr: `app_version:http_requests:rate5m{${app}} / ignoring(version, pod_template_hash) group_left app:http_requests:rate5m{${app}}`,
        legend: '{{version}} {{pod_template_hash}}',
        unit: 'percentunit',
      },
      {
        title: 'Errors by version',
        expr: `app_version:http_requests:error_ratio_5m{${app}}`,
        legend: '{{version}} {{pod_template_hash}}',
        unit: 'percentunit',
      },
      {
        title: 'p99 by version',
        expr: `app_version:http_request_duration_seconds:p99_5m{${app}}`,
        legend: '{{version}} {{pod_template_hash}}',
        unit: 's',
      },
    ],
  },
  {
    uid: 'sluice-pods',
    title: 'Pods',
    variables: [{ name: 'namespace', query: 'label_values(kube_pod_status_phase, namespace)' }],
    panels: [
      {
        title: 'Pods by phase',
        expr: 'sum by (phase) (kube_pod_status_phase{namespace="$namespace"})',
        legend: '{{phase}}',
        unit: 'short',
      },
      {
        title: 'Restarts',
        expr: 'sum by (pod) (increase(kube_pod_container_status_restarts_total{namespace="$namespace"}[1h]))',
        legend: '{{pod}}',
        unit: 'short',
      },
      {
        title: 'Replicas that are wanted',
        expr: replicas('kube_deployment_spec_replicas', 'rollout_info_replicas_desired'),
        legend: '{{workload}}',
        unit: 'short',
      },
      {
        title: 'Replicas that are available',
        expr: replicas('kube_deployment_status_replicas_available', 'rollout_info_replicas_available'),
        legend: '{{workload}}',
        unit: 'short',
      },
      {
        title: 'CPU',
        expr: 'sum by (pod) (namespace_pod_container:cpu_usage:rate5m{namespace="$namespace"})',
        legend: '{{pod}}',
        unit: 'short',
      },
      {
        title: 'Memory',
        expr: 'sum by (pod) (namespace_pod_container:memory_working_set:bytes{namespace="$namespace"})',
        legend: '{{pod}}',
        unit: 'bytes',
      },
      {
        title: 'Received',
        expr: 'sum by (pod) (rate(container_network_receive_bytes_total{namespace="$namespace"}[5m]))',
        legend: '{{pod}}',
        unit: 'Bps',
      },
      {
        title: 'Sent',
        expr: 'sum by (pod) (rate(container_network_transmit_bytes_total{namespace="$namespace"}[5m]))',
        legend: '{{pod}}',
        unit: 'Bps',
      },
      {
        title: 'Read from disk',
        expr: 'sum by (pod) (rate(container_fs_reads_bytes_total{namespace="$namespace",container!=""}[5m]))',
        legend: '{{pod}}',
        unit: 'Bps',
      },
      {
        title: 'Written to disk',
        expr: 'sum by (pod) (rate(container_fs_writes_bytes_total{namespace="$namespace",container!=""}[5m]))',
        legend: '{{pod}}',
        unit: 'Bps',
      },
    ],
  },
  {
    uid: 'sluice-nodes',
    title: 'Nodes',
    variables: [{ name: 'node', query: 'label_values(node:cpu_usage:ratio, node)' }],
    panels: [
      { title: 'CPU', expr: 'node:cpu_usage:ratio{node=~"$node"}', legend: '{{node}}', unit: 'percentunit' },
      { title: 'Memory', expr: 'node:memory_usage:ratio{node=~"$node"}', legend: '{{node}}', unit: 'percentunit' },
      {
        title: 'Load of each processor',
        expr: 'node_load5{node=~"$node"} / on (node) group_left count by (node) (node_cpu_seconds_total{mode="idle"})',
        legend: '{{node}}',
        unit: 'short',
      },
      {
        title: 'Disks',
        expr: '1 - node_filesystem_avail_bytes{node=~"$node",fstype!~"tmpfs|overlay"} / node_filesystem_size_bytes',
        legend: '{{node}} {{mountpoint}}',
        unit: 'percentunit',
      },
      {
        title: 'Conditions',
        expr: 'sum by (node, condition) (kube_node_status_condition{node=~"$node",status="true"})',
        legend: '{{node}} {{condition}}',
        unit: 'short',
      },
      {
        title: 'CPU that is asked for, of what is there for pods',
        expr: asked('cpu'),
        legend: '{{node}}',
        unit: 'percentunit',
      },
      {
        title: 'Memory that is asked for, of what is there for pods',
        expr: asked('memory'),
        legend: '{{node}}',
        unit: 'percentunit',
      },
      {
        title: 'CPU that is asked for and not used',
        expr: 'namespace_pod:cpu_request:usage_ratio',
        legend: '{{namespace}}/{{pod}}',
        unit: 'short',
      },
    ],
  },
];
