import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { root } from '../test/kustomize.ts';
import { findPromtool, runPromtool } from '../test/promtool.ts';
import { dashboards } from './dashboards.ts';
import { toGrafana } from './grafana.ts';

const rules = join(root, 'infrastructure/monitoring/rules');
const recorded = new Set(
  readdirSync(rules).flatMap((file) => {
    const { groups } = parse(readFileSync(join(rules, file), 'utf8')) as { groups: { rules: { record?: string }[] }[] };
    return groups.flatMap((group) => group.rules.map((rule) => rule.record ?? ''));
  }),
);
const promtool = await findPromtool();

describe.for(dashboards)('the dashboard $title', (dashboard) => {
  it('is written as its list says; else run node infrastructure/dashboards/write.ts', () => {
    const file = join(import.meta.dirname, `${dashboard.uid.replace('sluice-', '')}.json`);

    expect(readFileSync(file, 'utf8')).toBe(toGrafana(dashboard));
  });

  it('shows only what a rule records, or what is scraped', () => {
    const queries = [...dashboard.panels.map(({ expr }) => expr), ...dashboard.variables.map(({ query }) => query)];
    const named = queries.flatMap((query) => query.match(/\b\w+:\w+:\w+\b/g) ?? []);

    expect(named.filter((name) => !recorded.has(name))).toEqual([]);
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
