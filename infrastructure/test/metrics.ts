import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { root } from './kustomize.ts';

interface Rule {
  record?: string;
  alert?: string;
  expr: string;
  labels?: Record<string, string>;
}

const monitoring = join(root, 'infrastructure/monitoring');

/** Every recording and alerting rule. */
export const rules = readdirSync(join(monitoring, 'rules')).flatMap((file) => {
  const { groups } = parse(readFileSync(join(monitoring, 'rules', file), 'utf8')) as { groups: { rules: Rule[] }[] };
  return groups.flatMap((group) => group.rules);
});

/** What may be asked for: what is scraped, and what rules record. */
export const knownMetrics: ReadonlySet<string> = new Set([
  ...Object.values(parse(readFileSync(join(monitoring, 'metrics.yaml'), 'utf8')) as Record<string, string[]>).flat(),
  ...rules.flatMap(({ record }) => record ?? []),
]);

const words = 'and|or|unless|by|without|on|ignoring|group_left|group_right|bool|offset|inf|nan';

/** The metrics that a query in PromQL names, or `label_values` of Grafana. */
export function metricsOf(query: string): string[] {
  const bare = query
    .replace(/^label_values\((.*), \w+\)$/, '$1')
    .replaceAll(/"(\\.|[^"\\])*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, '');
  const names = bare.match(/(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\(|[\w:])/g) ?? [];
  return [...new Set(names)].filter((name) => !new RegExp(`^(${words})$`, 'i').test(name));
}
