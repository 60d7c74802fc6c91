import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { knownMetrics, metricsOf } from '../test/metrics.ts';
import { findPromtool, runPromtool } from '../test/promtool.ts';
import { dashboards } from './dashboards.ts';
import { toGrafana } from './grafana.ts';

const promtool = await findPromtool();

interface Model {
  uid: string;
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
  panels: { id: number; title: string; datasource: { uid: string }; targets: { expr: string }[] }[];
}

/** What is wrong with a dashboard as Grafana would read it, in words. */
function problemsOf(text: string): string[] {
  const { templating, panels } = JSON.parse(text) as Model;
  const queries = [
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...templating.list.flatMap(({ query }) => (typeof query === 'string' ? [] : query.query)),
  ];
  const names = new Set(templating.list.map(({ name }) => name));
  const used = [...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name = '']) => name);
  return [
    ...twice(panels.map(({ id }) => `id ${id}`)),
    ...twice(panels.map(({ title }) => `title ${title}`)),
    ...templating.list
      .filter(({ name, type }) => (name === 'datasource') !== (type === 'datasource'))
      .map(({ name }) => `${name} is no source`),
    ...panels
      .filter(({ datasource }) => datasource.uid !== '${datasource}')
      .map(({ title }) => `${title}: its own source`),
    ...[...new Set(used)].filter((name) => !names.has(name)).map((name) => `no variable ${name}`),
    ...[...new Set(queries.flatMap(metricsOf))]
      .filter((name) => !knownMetrics.has(name))
      .map((name) => `nobody gives ${name}`),
  ];
}

function twice(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index).map((value) => `twice: ${value}`);
}

describe('a dashboard', () => {
  const valid = toGrafana(dashboards.find(({ uid }) => uid === 'sluice-pods')!);

  it.each([
    ['two graphs of one id', '"id": 2,', '"id": 1,', 'twice: id 1'],
    ['two graphs of one title', '"Sent"', '"Received"', 'twice: title Received'],
    ['a source that nobody can choose', '"name": "datasource"', '"name": "source"', 'no variable datasource'],
    [
      'a graph with a source of its own',
      '${datasource}"\n      },\n      "gridPos"',
      'x"},"gridPos"',
      'Pods by phase: its own source',
    ],
    ['a variable that is not there', 'namespace=\\"$namespace', 'namespace=\\"$space', 'no variable space'],
    ['a metric that nobody gives', 'kube_pod_status_phase{', 'kube_pod_phase{', 'nobody gives kube_pod_phase'],
    [
      'a variable of such a metric',
      'label_values(kube_pod_status_phase',
      'label_values(kube_pods',
      'nobody gives kube_pods',
    ],
  ])('is wrong with %s', (_what, from, to, why) => {
    expect(problemsOf(valid)).toEqual([]);
    expect(valid).toContain(from);
    expect(problemsOf(valid.replace(from, () => to))).toContain(why);
  });

  it('is shown by Grafana once it is written', () => {
    const { configMapGenerator } = parse(readFileSync(join(import.meta.dirname, 'kustomization.yaml'), 'utf8')) as {
      configMapGenerator: { files: string[] }[];
    };

    expect(configMapGenerator[0]?.files).toEqual(globSync('*.json', { cwd: import.meta.dirname }).toSorted());
  });
});

/** https://github.com/kubernetes/kube-state-metrics and cAdvisor in the kubelet: what whoever looks for a cause looks at. */
it.each([
  'namespace_pod_container:cpu_usage:rate5m',
  'namespace_pod_container:memory_working_set:bytes',
  'container_network_receive_bytes_total',
  'container_network_transmit_bytes_total',
  'container_fs_reads_bytes_total',
  'container_fs_writes_bytes_total',
  'kube_pod_status_phase',
  'kube_pod_container_status_restarts_total',
  'kube_deployment_spec_replicas',
  'kube_deployment_status_replicas_available',
  'kube_node_status_condition',
  'kube_node_status_allocatable',
])('%s is on a dashboard', (metric) => {
  expect(dashboards.flatMap(({ panels }) => panels.flatMap(({ expr }) => metricsOf(expr)))).toContain(metric);
});

describe.for(dashboards)('the dashboard $title', (dashboard) => {
  it('is written as its list says; else run node infrastructure/dashboards/write.ts', () => {
    const file = join(import.meta.dirname, `${dashboard.uid.replace('sluice-', '')}.json`);

    expect(readFileSync(file, 'utf8')).toBe(toGrafana(dashboard));
  });

  it('is what Grafana can show, of what is recorded or scraped', () => {
    expect(problemsOf(toGrafana(dashboard))).toEqual([]);
  });

  it('asks what Prometheus can read', async ({ skip }) => {
    skip(promtool === undefined, 'promtool has not been made yet; pnpm run tools makes it');
    const folder = mkdtempSync(join(tmpdir(), 'sluice-dashboards-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const asked = dashboard.panels.map(({ expr }, index) => ({ record: `panel_${index}`, expr }));
    writeFileSync(join(folder, 'rules.yaml'), JSON.stringify({ groups: [{ name: 'panels', rules: asked }] }));

    const { ok, output } = await runPromtool(promtool!, ['check', 'rules', join(folder, 'rules.yaml')]);

    expect(ok, output).toBe(true);
  });
});
