import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

it('is one copy as long as its database is in the pod, and no budget keeps that one on its node', () => {
  const values = parse(readFileSync(join(import.meta.dirname, 'values.yaml'), 'utf8')) as Record<string, object>;

  expect(values['grafana.ini']).not.toHaveProperty('database');
  expect(values).toMatchObject({ replicas: 1, persistence: { enabled: false } });
  expect(values).not.toHaveProperty('podDisruptionBudget');
});
