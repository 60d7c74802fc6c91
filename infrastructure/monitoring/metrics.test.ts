import { expect, it } from 'vitest';
import { knownMetrics, metricsOf, rules } from '../test/metrics.ts';

it('rules ask only for what somebody gives', () => {
  const asked = new Set(rules.flatMap(({ expr }) => metricsOf(expr)));

  expect(asked.size).toBeGreaterThan(40);
  expect([...asked].filter((name) => !knownMetrics.has(name))).toEqual([]);
});

it.each([
  ['sum by (pod) (rate(container_cpu_usage_seconds_total{container!=""}[5m]))', ['container_cpu_usage_seconds_total']],
  ['a / on (node) group_left (b) count by (c) (d{e="f {g} h"} > bool 0.1e3)', ['a', 'd']],
  ['1 - max by (x)(node:cpu:ratio) or vector(1) unless up offset 5m', ['node:cpu:ratio', 'up']],
  ['label_values(app:http:rate5m{namespace="$namespace"}, app)', ['app:http:rate5m']],
  [String.raw`label_replace(kube_pods, "a", "$1", "b", "(.+)\"")`, ['kube_pods']],
])('what %s asks for', (query, metrics) => {
  expect(metricsOf(query)).toEqual(metrics);
});
