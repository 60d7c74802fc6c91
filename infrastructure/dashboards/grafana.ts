import type { Dashboard, Panel } from './dashboards.ts';

const source = { type: 'prometheus', uid: '${datasource}' };

/** One Grafana may have the Prometheus of each cluster; this repository's has one. */
const chosen = {
  name: 'datasource',
  type: 'datasource',
  query: 'prometheus',
  current: { text: 'Prometheus', value: 'prometheus' },
};

/** A dashboard as Grafana reads it, two graphs in a row: https://grafana.com/docs/grafana/latest/visualizations/dashboards/build-dashboards/view-dashboard-json-model/ */
export function toGrafana({ uid, title, variables, panels }: Dashboard): string {
  const model = {
    uid,
    title,
    tags: ['sluice'],
    editable: false,
    refresh: '30s',
    schemaVersion: 39,
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [chosen, ...variables.map(toVariable)],
    },
    panels: panels.map(toPanel),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}

function toVariable({ name, query }: Dashboard['variables'][number]): object {
  return {
    name,
    type: 'query',
    datasource: source,
    query: { query, refId: name },
    refresh: 2,
    includeAll: name === 'node',
    allValue: '.+',
  };
}

function toPanel({ title, expr, legend, unit }: Panel, index: number): object {
  return {
    id: index + 1,
    title,
    type: 'timeseries',
    datasource: source,
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    targets: [{ refId: 'A', datasource: source, expr, legendFormat: legend }],
  };
}
